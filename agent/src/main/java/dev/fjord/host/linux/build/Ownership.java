package dev.fjord.host.linux.build;

import dev.fjord.host.linux.disk.Folders;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** Gives what was unpacked to the host's root. */
final class Ownership {
  private Ownership() {}

  /** Leaves plain files and folders that everybody may read, durable; removes anything else. */
  static void ofRoot(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            BuildUsers.takeBack(folder);
            Folders.make(folder, Folders.READABLE);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              BuildUsers.takeBack(file);
              Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
              Folders.sync(file);
            } else {
              Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
