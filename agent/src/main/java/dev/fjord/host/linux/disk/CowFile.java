package dev.fjord.host.linux.disk;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Writes COW files of version 3, byte for byte what {@code uml_mkcow} writes: the header, a bitmap
 * with a bit for each sector, the sectors. A fresh one is a header and a hole.
 */
public final class CowFile {
  static final int SECTOR = 512;
  static final int ALIGNMENT = 4096;

  /** roundup(sizeof(header), alignment): where the bitmap begins. */
  static final int BITMAP_AT = 8192;

  private CowFile() {}

  /**
   * Makes a COW that has no block of its own yet.
   *
   * @param cow must not exist; readable and writable by its owner alone, not yet durable
   * @param pristine absolute, exists; its length and time go into the header and must never change
   * @throws dev.fjord.problem.ProblemException when its file system has blocks smaller than a page
   */
  static void create(Path cow, Path pristine) throws IOException {
    FileSystemBlocks.requireWholePages(pristine);
    BasicFileAttributes image =
        Files.readAttributes(pristine, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    byte[] header =
        header(pristine, image.lastModifiedTime().toInstant().getEpochSecond(), image.size());
    SparseFile.create(cow, length(image.size()));
    try (FileChannel channel = FileChannel.open(cow, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(header);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** How long the COW over a pristine image of {@code size} bytes is. */
  static long length(long size) {
    long bitmap = Math.ceilDiv(sectors(size), Byte.SIZE);
    return Math.ceilDiv(BITMAP_AT + bitmap, ALIGNMENT) * ALIGNMENT + size;
  }

  /** How many sectors, and so bits, a pristine image of {@code size} bytes has. */
  static long sectors(long size) {
    return Math.ceilDiv(size, SECTOR);
  }

  private static byte[] header(Path pristine, long modifiedSeconds, long size) {
    byte[] path = pristine.toString().getBytes(StandardCharsets.UTF_8);
    if (path.length >= CowHeader.PATH_LENGTH || !pristine.isAbsolute()) {
      throw Problem.of(
              "cow-path", "no COW header can hold the path of the pristine image: " + pristine)
          .hint("Choose a shorter stateDirectory: an absolute path below 4096 bytes fits.")
          .asException();
    }
    return ByteBuffer.allocate(CowHeader.LENGTH)
        .putInt(CowHeader.MAGIC)
        .putInt(CowHeader.VERSION)
        .putInt((int) modifiedSeconds)
        .putLong(size)
        .putInt(SECTOR)
        .putInt(ALIGNMENT)
        .putInt(0)
        .put(path)
        .array();
  }
}
