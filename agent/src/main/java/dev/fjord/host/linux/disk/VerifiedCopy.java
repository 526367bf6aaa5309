package dev.fjord.host.linux.disk;

import dev.fjord.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies a file in one pass: each buffer is read, hashed, and written where it is not zero, so that
 * the copy is sparse whether or not the source is.
 */
final class VerifiedCopy {
  private static final int BUFFER = 1 << 20;

  /** ext4's and XFS's usual block: a smaller hole frees nothing. */
  private static final int BLOCK = 4096;

  private static final byte[] ZEROS = new byte[BLOCK];

  private VerifiedCopy() {}

  /**
   * Copies {@code size} bytes into a file that exists and is one hole of that size.
   *
   * @param done told how many bytes are read
   * @return the digest of what was read
   * @throws LengthChangedException when the source holds fewer or more bytes than {@code size}
   */
  static Digest copy(Path from, Path to, long size, LongConsumer done) throws IOException {
    try (FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
      Digest digest = read(from, out, size, done);
      out.force(true);
      return digest;
    }
  }

  /** The digest of a file of {@code size} bytes; as {@link #copy}, but nothing is written. */
  static Digest digest(Path from, long size, LongConsumer done) throws IOException {
    return read(from, null, size, done);
  }

  private static Digest read(Path from, @Nullable FileChannel out, long size, LongConsumer done)
      throws IOException {
    MessageDigest hasher = Digest.hasher();
    // Not a direct buffer: the JDK's intrinsic for SHA-256 works on arrays.
    byte[] bytes = new byte[BUFFER];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long position = 0;
    try (FileChannel in =
        FileChannel.open(from, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      while (in.read(buffer.clear()) > 0 && position <= size) {
        buffer.flip();
        hasher.update(bytes, 0, buffer.limit());
        if (out != null && position + buffer.limit() <= size) {
          writeNonZero(bytes, buffer.limit(), out, position);
        }
        position += buffer.limit();
        done.accept(Math.min(position, size));
      }
    }
    if (position != size) {
      throw new LengthChangedException(size, position);
    }
    return Digest.of(hasher);
  }

  @SuppressWarnings("ByteBufferBackingArray") // It was allocated above, on the heap.
  private static void writeNonZero(byte[] bytes, int limit, FileChannel out, long position)
      throws IOException {
    int start = 0;
    while (start < limit) {
      int end = start;
      while (end < limit && !isZero(bytes, end, limit)) {
        end += BLOCK;
      }
      end = Math.min(end, limit);
      if (end > start) {
        writeFully(ByteBuffer.wrap(bytes, start, end - start), out, position + start);
      }
      start = Math.max(end, start) + (end < limit ? BLOCK : 0);
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

  /** The source is not the file that it was when the copy began. */
  static final class LengthChangedException extends IOException {
    private static final long serialVersionUID = 1L;

    LengthChangedException(long expected, long read) {
      super(
          "it had " + expected + " bytes, and then " + read + (read > expected ? " or more" : ""));
    }
  }
}
