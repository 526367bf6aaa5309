package dev.fjord.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Writes that leave holes where there are zeros. */
public final class Holes {
  /** ext4's and XFS's usual block: a smaller hole frees nothing. */
  public static final int BLOCK = 4096;

  private static final byte[] ZEROS = new byte[BLOCK];

  private Holes() {}

  /**
   * Writes the blocks that are not all zero. The file may end up shorter by the zeros at the end,
   * and has to hold zeros or nothing where these bytes go.
   *
   * @param length how many of the bytes
   * @param position a multiple of {@link #BLOCK}, or the file system keeps no holes
   */
  public static void write(byte[] bytes, int length, FileChannel out, long position)
      throws IOException {
    int start = 0;
    while (start < length) {
      int end = start;
      while (end < length && !isZero(bytes, end, length)) {
        end += BLOCK;
      }
      end = Math.min(end, length);
      if (end > start) {
        writeFully(ByteBuffer.wrap(bytes, start, end - start), out, position + start);
      }
      start = Math.max(end, start) + (end < length ? BLOCK : 0);
    }
  }

  private static boolean isZero(byte[] bytes, int from, int limit) {
    int length = Math.min(BLOCK, limit - from);
    return Arrays.equals(bytes, from, from + length, ZEROS, 0, length);
  }

  private static void writeFully(ByteBuffer bytes, FileChannel out, long position)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += out.write(bytes, at);
    }
  }
}
