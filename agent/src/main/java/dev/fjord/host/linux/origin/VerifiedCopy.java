package dev.fjord.host.linux.origin;

import dev.fjord.model.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies bytes in one pass: each buffer is read, hashed, and written where it is not zero, so that
 * the copy is sparse whether or not the source is.
 *
 * @param digest of what was read
 * @param bytes how many were read: more than the limit when there are more, which are not counted
 * @param form as its first bytes tell
 */
public record VerifiedCopy(Digest digest, long bytes, Form form) {
  private static final int BUFFER = 1 << 20;

  /** ext4's and XFS's usual block: a smaller hole frees nothing. */
  private static final int BLOCK = 4096;

  private static final byte[] ZEROS = new byte[BLOCK];

  /**
   * The digest of a file as it lies there.
   *
   * @param limit the length that it should have
   * @param done told how many bytes are read
   */
  public static VerifiedCopy ofFile(Path file, long limit, LongConsumer done) throws IOException {
    try (FileBytes in = FileBytes.open(file)) {
      return of(in, null, limit, () -> done.accept(Math.min(in.position(), limit)));
    }
  }

  /**
   * Reads to the end, or until there is more than {@code limit}.
   *
   * @param out an empty file, which may end up shorter by the zeros at the end; null to write none
   * @param done called after each buffer
   */
  static VerifiedCopy of(InputStream in, @Nullable FileChannel out, long limit, Runnable done)
      throws IOException {
    MessageDigest hasher = Digest.hasher();
    // Not a direct buffer: the JDK's intrinsic for SHA-256 works on arrays.
    byte[] bytes = new byte[BUFFER];
    Form form = Form.PLAIN;
    long position = 0;
    int count;
    // Filled each time: holes are found where blocks begin.
    while (position <= limit && (count = in.readNBytes(bytes, 0, BUFFER)) > 0) {
      form = position == 0 ? Form.of(bytes, count) : form;
      hasher.update(bytes, 0, count);
      if (out != null && position + count <= limit) {
        writeNonZero(bytes, count, out, position);
      }
      position += count;
      done.run();
    }
    return new VerifiedCopy(Digest.of(hasher), position, form);
  }

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
}
