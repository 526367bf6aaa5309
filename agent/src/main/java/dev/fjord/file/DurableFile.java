package dev.fjord.file;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files that are there whole or not at all, also after a power cut: written beside their place,
 * made durable, then renamed (rename(2) replaces atomically).
 */
public final class DurableFile {
  /**
   * Files whose names begin with this are unfinished, and may be removed wherever they are found.
   */
  public static final String UNFINISHED = ".fjord-unfinished-";

  private DurableFile() {}

  /** Replaces {@code path} by {@code content}, readable and writable by its owner alone. */
  public static void write(Path path, byte[] content) {
    write(path, content, true);
  }

  /** As {@link #write}, for what counts only until the host's next boot: whole, but not durable. */
  public static void writeForThisBoot(Path path, byte[] content) {
    write(path, content, false);
  }

  private static void write(Path path, byte[] content, boolean durable) {
    Path unfinished = beside(path);
    try {
      Files.createDirectories(path.getParent());
      Files.deleteIfExists(unfinished);
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              java.util.Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        if (durable) {
          channel.force(true);
        }
      }
      if (durable) {
        moveIntoPlace(unfinished, path);
      } else {
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (ClosedByInterruptException e) {
      throw Problem.of("interrupted", "writing " + path + " was interrupted").asException(e);
    } catch (IOException e) {
      throw Problem.of("write-failed", "writing " + path + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** Where an unfinished file or folder for {@code path} is made: in the same folder. */
  public static Path beside(Path path) {
    return path.resolveSibling(UNFINISHED + path.getFileName());
  }

  /** Renames what is whole and durable into its place, and makes the rename durable. */
  public static void moveIntoPlace(Path whole, Path place) throws IOException {
    Files.move(whole, place, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(place.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }
}
