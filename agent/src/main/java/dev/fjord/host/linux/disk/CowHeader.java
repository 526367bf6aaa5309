package dev.fjord.host.linux.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The header of a COW file, its first 4128 bytes (arch/um/drivers/cow_user.c).
 *
 * <p>Hostile input: a guest that broke out of its kernel runs as the user who owns the file, and
 * can write anything there. So no value here may be used as a size to allocate, seek to or trust,
 * and a path is only a name to compare.
 */
public sealed interface CowHeader {

  /** Version 3, the one that every kernel of today writes. */
  record V3(
      Path backing,
      long modifiedSeconds,
      long size,
      long sectorSize,
      long alignment,
      boolean bitmap)
      implements CowHeader {}

  /**
   * A file that is not a COW of version 3.
   *
   * @param reason a clause that says what it is instead
   */
  record Other(String reason) implements CowHeader {}

  /** {@code OOOM}, in the byte order of the network. */
  int MAGIC = 0x4f4f4f4d;

  int VERSION = 3;

  /** sizeof(struct cow_header_v3), packed. */
  int LENGTH = 4128;

  /** Where the path begins, and how long it may be with its NUL (PATH_LEN_V3). */
  int PATH_AT = 32;

  int PATH_LENGTH = 4096;

  /** Reads the header of a file; links are not followed, and no more than the header is read. */
  static CowHeader read(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return read(channel);
    }
  }

  /** Reads the header of an open file; the channel's own position stays where it is. */
  static CowHeader read(FileChannel channel) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(LENGTH);
    while (header.hasRemaining() && channel.read(header, header.position()) > 0) {
      // Reads on to the header's or the file's end.
    }
    return parse(Arrays.copyOf(header.array(), header.position()));
  }

  /** The meaning of a file's first bytes; fewer than {@link #LENGTH} are no header. */
  static CowHeader parse(byte[] bytes) {
    if (bytes.length < LENGTH) {
      return new Other("it is shorter than a COW header: " + bytes.length + " bytes");
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (header.getInt(0) != MAGIC) {
      // Only version 1 was written in the byte order of its host.
      boolean old = header.order(ByteOrder.LITTLE_ENDIAN).getInt(0) == MAGIC;
      return new Other(old ? outdated(header.getInt(4)) : "it does not begin with a COW header");
    }
    int version = header.getInt(4);
    if (version != VERSION) {
      return new Other(outdated(version));
    }
    Path backing = path(bytes);
    if (backing == null && header.getInt(PATH_AT) == 0) {
      return new Other(
          "it is a COW file of the broken version 3 that some 64-bit kernels wrote, with a time of"
              + " 8 bytes");
    }
    if (backing == null) {
      return new Other("its COW header names no path that fjord could have written");
    }
    return new V3(
        backing,
        Integer.toUnsignedLong(header.getInt(8)),
        header.getLong(12),
        Integer.toUnsignedLong(header.getInt(20)),
        Integer.toUnsignedLong(header.getInt(24)),
        header.getInt(28) == 0);
  }

  private static String outdated(int version) {
    return version == 1 || version == 2
        ? "it is a COW file of version " + version + ", which was superseded before 2003"
        : "it is a COW file of the unknown version " + version;
  }

  /** The path, or null unless it is absolute and made of what a Layout allows. */
  private static @Nullable Path path(byte[] header) {
    int end = PATH_AT;
    while (end < LENGTH && header[end] != 0) {
      end++;
    }
    String text = new String(header, PATH_AT, end - PATH_AT, StandardCharsets.ISO_8859_1);
    return text.matches("/[-_./+@a-zA-Z0-9]{1,4094}+") ? Path.of(text) : null;
  }
}
