package dev.fjord.source;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Files that a killed agent left in the mirror, and whole folders that are no longer needed. */
final class MirrorLeftovers {
  private MirrorLeftovers() {}

  /**
   * Removes lock files and unfinished packs. Only the holder of the run lock may call it: then no
   * other process is alive to which they could belong.
   */
  static void clear(Path mirror) throws IOException {
    Files.walkFileTree(
        mirror,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes found)
              throws IOException {
            if (isLeftover(String.valueOf(file.getFileName()))) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }

  private static boolean isLeftover(String name) {
    return name.endsWith(".lock")
        || name.endsWith("_tmp")
        || name.startsWith("incoming_")
        || name.startsWith("noz")
        || name.startsWith("gc_")
        || name.startsWith("tmp_")
        || name.startsWith(".tmp")
        || name.equals("gc.pid");
  }

  /** Removes a folder with all that is in it, following no link; nothing when it is not there. */
  static void remove(Path folder) throws IOException {
    if (Files.notExists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes found)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
