package dev.fjord.host.linux.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that begin as one hole: a length without a block. */
final class SparseFile {
  private SparseFile() {}

  /**
   * Makes a file that only its owner can read or write; it must not exist.
   *
   * @param length in bytes; more than the file system has room for is no error
   */
  static void create(Path path, long length) throws IOException {
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(length);
    }
  }

  /**
   * Makes a file longer by a hole at its end, durably; one that is as long already stays.
   *
   * @param length in bytes
   */
  static void lengthen(Path path, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      if (file.length() < length) {
        file.setLength(length);
      }
      file.getFD().sync(); // Also where a call that was cut off had set the length.
    }
  }
}
