package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.json.ModelJson;
import dev.fjord.model.BuiltContent;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What came of building something, kept beside it: nothing else tells what it is to be. */
record ContentRecord(Path path) {
  private static final int LARGEST = 4096;

  /**
   * Null when there is none.
   *
   * @throws dev.fjord.problem.ProblemException when it cannot be read
   */
  @Nullable BuiltContent read() {
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      return ModelJson.read(in.readNBytes(LARGEST), BuiltContent.class, path.toString());
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
    DurableFile.write(path, ModelJson.write(content));
  }
}
