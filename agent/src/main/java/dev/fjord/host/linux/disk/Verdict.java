package dev.fjord.host.linux.disk;

import dev.fjord.json.FileFormat;
import dev.fjord.model.Digest;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a file's content was when it was read to its end, kept beside it so that it is not read
 * again at each run. It says nothing of a file with another fingerprint. When it is lost or damaged
 * the file is read once more: nothing else depends on it.
 *
 * @param content the digest that was found, right or wrong
 * @param fingerprint of the file that was read
 * @param immutable whether the file system took the immutable flag when the file was sealed
 * @param read when
 */
record Verdict(Digest content, Fingerprint fingerprint, boolean immutable, Instant read) {
  static final FileFormat<Verdict> FORMAT =
      new FileFormat<>(Verdict.class, 1, 64 << 10, "Each process reads its content meanwhile.");

  /** Null when there is none, or none that can be read. */
  static @Nullable Verdict in(Path note) {
    return FORMAT.note(note);
  }

  void keepIn(Path note) {
    FORMAT.keepNote(note, this);
  }
}
