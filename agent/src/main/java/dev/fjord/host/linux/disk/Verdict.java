package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.json.ModelJson;
import dev.fjord.model.Digest;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a file's content was when it was read to its end, kept beside it so that it is not read
 * again at each run. It says nothing of a file with another fingerprint. Lost or damaged, the file
 * is read once more: nothing else depends on it.
 *
 * @param content the digest that was found, right or wrong
 * @param fingerprint of the file that was read
 * @param immutable whether the file system took the immutable flag when the file was sealed
 * @param read when
 */
record Verdict(Digest content, Fingerprint fingerprint, boolean immutable, Instant read) {

  /** Null when there is none, or none that can be read. */
  static @Nullable Verdict in(Path note) {
    try {
      return ModelJson.read(Files.readAllBytes(note), Verdict.class, note.toString());
    } catch (IOException | ProblemException neverOrBroken) {
      return null;
    }
  }

  void keepIn(Path note) {
    DurableFile.write(note, ModelJson.write(this));
  }
}
