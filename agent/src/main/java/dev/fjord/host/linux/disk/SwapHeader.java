package dev.fjord.host.linux.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The first page of a swap, as swapon(2) wants it and mkswap(8) writes it: {@code union
 * swap_header} of include/linux/swap.h, version 1, no bad pages, no label. All the rest of a fresh
 * swap is a hole.
 */
final class SwapHeader {
  /** The page size of the host and of the guest: UML runs on x86 only. */
  static final int PAGE = 4096;

  /** With fewer pages mkswap refuses, and so does the kernel with some sizes. */
  static final int FEWEST_PAGES = 10;

  private static final int INFO_AT = 1024;
  private static final int VERSION = 1;
  private static final byte[] MAGIC = "SWAPSPACE2".getBytes(StandardCharsets.US_ASCII);

  private SwapHeader() {}

  /**
   * Makes a swap of a sparse file.
   *
   * @param length of the file, in bytes; what is beyond its last whole page is not used
   * @param uuid by which a guest may name it
   */
  static void write(Path file, long length, UUID uuid) throws IOException {
    long pages = length / PAGE;
    if (pages < FEWEST_PAGES) {
      throw new IOException("a swap has at least " + FEWEST_PAGES + " pages of " + PAGE + " bytes");
    }
    ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    // The kernel counts pages in 32 bits (last_page): what a longer file has beyond is not used.
    int last = (int) Math.min(pages - 1, 0xffff_ffffL);
    page.position(INFO_AT).putInt(VERSION).putInt(last).putInt(0);
    page.order(ByteOrder.BIG_ENDIAN); // A UUID is bytes, not a number (RFC 9562, 4).
    page.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    page.position(PAGE - MAGIC.length).put(MAGIC).flip();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      while (page.hasRemaining()) {
        channel.write(page);
      }
    }
  }
}
