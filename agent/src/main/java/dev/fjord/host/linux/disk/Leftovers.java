package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Unfinished files of a store that nobody goes on with: the parts of a download whose document has
 * changed or gone. Every attempt marks its own with the present time. A built image whose content
 * is recorded stays: nothing would give its bytes again.
 */
final class Leftovers {
  private static final Duration FORGOTTEN = Duration.ofDays(7);

  /** {@code kernels/NAME/SHA256/FILE} is the deepest. */
  private static final int DEPTH = 3;

  private Leftovers() {}

  /** Removes what was not written for a week. */
  static void remove(Path store) throws IOException {
    Instant before = Instant.now().minus(FORGOTTEN);
    List<Path> unfinished;
    try (Stream<Path> all = Files.walk(store, DEPTH)) {
      unfinished =
          all.filter(path -> path.getFileName().toString().startsWith(DurableFile.UNFINISHED))
              .toList();
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path path : unfinished) {
      if (Folders.isFile(path)
          && !isRecorded(path)
          && Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
              .toInstant()
              .isBefore(before)) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static boolean isRecorded(Path unfinished) {
    String name = unfinished.getFileName().toString().substring(DurableFile.UNFINISHED.length());
    return name.matches("[0-9a-f]{64}\\.img")
        && Folders.exists(unfinished.resolveSibling(name.substring(0, 64) + ".json"));
  }
}
