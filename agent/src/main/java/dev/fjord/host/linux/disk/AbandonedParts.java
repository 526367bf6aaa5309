package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * Unfinished files of a store that no run continues: the parts of a download whose document has
 * changed or gone. Every attempt marks its own with the present time. A built image whose content
 * is recorded stays, since its bytes could not be made again.
 */
final class AbandonedParts {
  private static final Duration FORGOTTEN = Duration.ofDays(7);

  /** {@code kernels/NAME/SHA256/FILE} is the deepest. */
  private static final int DEPTH = 3;

  private AbandonedParts() {}

  /** Removes what was not written for a week. Others may store something meanwhile. */
  static void remove(Path store) throws IOException {
    Files.walkFileTree(store, Set.of(), DEPTH, new Removal(Instant.now().minus(FORGOTTEN)));
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    private final Instant before;

    Removal(Instant before) {
      this.before = before;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes found) throws IOException {
      if (file.getFileName().toString().startsWith(DurableFile.UNFINISHED)
          && found.isRegularFile()
          && !isRecorded(file)
          && lastTouched(file, found).isBefore(before)) {
        Files.deleteIfExists(file);
      }
      return FileVisitResult.CONTINUE;
    }

    /**
     * When it was last worked on. A file that is about to get its name already has the modification
     * time of all stored files, which is long ago.
     */
    private static Instant lastTouched(Path file, BasicFileAttributes found) throws IOException {
      Instant written = found.lastModifiedTime().toInstant();
      try {
        return written.equals(PinnedFile.MODIFIED)
            ? ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS))
                .toInstant()
            : written;
      } catch (NoSuchFileException whole) {
        return Instant.MAX;
      }
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      // Another process finished it between the listing and the look, and it has another name now.
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }
  }

  private static boolean isRecorded(Path unfinished) {
    String name = unfinished.getFileName().toString().substring(DurableFile.UNFINISHED.length());
    return name.matches("[0-9a-f]{64}\\.img")
        && Folders.exists(unfinished.resolveSibling(name.substring(0, 64) + ".json"));
  }
}
