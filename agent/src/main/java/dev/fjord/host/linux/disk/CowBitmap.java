package dev.fjord.host.linux.disk;

import dev.fjord.model.ByteSize;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The bitmap of a COW of version 3: a bit for each sector of the pristine image, lowest bit first,
 * set once the sector was written (arch/um/drivers/ubd_kern.c, {@code cowify_bitmap}).
 *
 * <p>Hostile input, as {@link CowHeader} is: where the bitmap lies and how long it is follows from
 * the pristine image that fjord pinned. The header is only compared with that.
 */
public final class CowBitmap {
  /** A multiple of a long's bytes; the whole bitmap of a 256 MiB image. */
  private static final int BUFFER = 64 << 10;

  private CowBitmap() {}

  /**
   * How far a root has diverged from its pristine image: all sectors that were ever written,
   * whether with other bytes or the same. A kernel may be writing meanwhile: the answer lies
   * between what was true at the beginning and at the end. Nothing is locked or written, and links
   * are not followed. Reads 1 MiB for each 4 GiB of image, with a buffer of fixed size.
   *
   * @param image the size of the pristine image, from the store and not from the COW
   * @return a multiple of 512 bytes, no more than {@code image} rounded up to a sector
   * @throws ProblemException when the file could not be read, or is no whole COW over an image of
   *     that size
   */
  public static ByteSize diverged(Path cow, ByteSize image) {
    if (Folders.exists(cow) && !Folders.isFile(cow)) {
      throw unusable(cow, "it is no regular file"); // Opening a pipe would wait for its writer.
    }
    try (FileChannel channel =
        FileChannel.open(cow, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      String odd = odd(CowHeader.read(channel), image.bytes());
      if (odd != null) {
        throw unusable(cow, odd);
      }
      return new ByteSize(count(cow, channel, CowFile.sectors(image.bytes())) * CowFile.SECTOR);
    } catch (IOException e) {
      throw DiskProblem.of("reading the bitmap of " + cow, e);
    }
  }

  /** A value of the header that fjord did not write, in words; null when there is none. */
  static @Nullable String odd(CowHeader header, long size) {
    return switch (header) {
      case CowHeader.Other other -> other.reason();
      case CowHeader.V3 v3 when v3.size() != size ->
          "its header tells of an image of " + v3.size() + " bytes, the stored one has " + size;
      case CowHeader.V3 v3
          when v3.sectorSize() != CowFile.SECTOR
              || v3.alignment() != CowFile.ALIGNMENT
              || !v3.bitmap() ->
          "its header tells of sectors of "
              + v3.sectorSize()
              + " bytes, aligned to "
              + v3.alignment()
              + (v3.bitmap() ? "" : ", without a bitmap")
              + "; fjord makes them of 512, aligned to 4096, with a bitmap";
      case CowHeader.V3 v3 -> null;
    };
  }

  private static long count(Path cow, FileChannel channel, long sectors) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    long bytes = Math.ceilDiv(sectors, Byte.SIZE);
    long set = 0;
    for (long done = 0; done < bytes; done += buffer.limit()) {
      buffer.clear().limit((int) Math.min(BUFFER, bytes - done));
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, CowFile.BITMAP_AT + done + buffer.position()) < 0) {
          throw unusable(cow, "it ends within its bitmap of " + bytes + " bytes");
        }
      }
      set += bits(buffer.flip(), sectors - done * Byte.SIZE);
    }
    return set;
  }

  /** The set bits among the first {@code most}: what follows in the last byte is no sector. */
  private static long bits(ByteBuffer bytes, long most) {
    long set = 0;
    while (bytes.remaining() >= Long.BYTES && bytes.position() * 8L + Long.SIZE <= most) {
      set += Long.bitCount(bytes.getLong());
    }
    while (bytes.hasRemaining()) {
      int sectors = (int) Math.min(Byte.SIZE, most - bytes.position() * 8L);
      set += Integer.bitCount(bytes.get() & ((1 << sectors) - 1));
    }
    return set;
  }

  private static ProblemException unusable(Path cow, String reason) {
    return Problem.of("cow-unreadable", "how far " + cow + " has diverged could not be read")
        .detail(cow.getFileName() + ": " + reason)
        .hint(
            "Only the instance's own kernel writes there: what runs in it may be hostile. It is"
                + " left alone; put the file back from a backup.")
        .asException();
  }
}
