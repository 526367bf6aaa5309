package dev.fjord.host.linux.disk;

import dev.fjord.json.FileFormat;
import dev.fjord.model.BuiltContent;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The result of building something, kept beside it: nothing else says what its content should be.
 */
record ContentRecord(Path path) {
  static final FileFormat<BuiltContent> FORMAT =
      new FileFormat<>(
          BuiltContent.class, 1, 4096, "What was built stays as it is, and nothing is changed.");

  /**
   * Null when there is none.
   *
   * @throws dev.fjord.problem.ProblemException when it cannot be read
   */
  @Nullable BuiltContent read() {
    try {
      return FORMAT.read(path);
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException e) {
      throw Problem.of("unreadable-record", "the record of a build could not be read: " + path)
          .detail(e.toString())
          .asException(e);
    }
  }

  boolean exists() {
    return Folders.exists(path);
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  void write(BuiltContent content) {
    FORMAT.write(path, content);
  }
}
