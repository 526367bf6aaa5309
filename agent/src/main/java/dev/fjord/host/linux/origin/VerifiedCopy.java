package dev.fjord.host.linux.origin;

import dev.fjord.file.Holes;
import dev.fjord.model.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies bytes in one pass: each buffer is read, hashed, and written where it is not zero, so that
 * the copy is sparse whether or not the source is.
 *
 * @param digest of what was read
 * @param bytes how many were read: more than the limit when there are more, which are not counted
 * @param form by its first bytes
 */
public record VerifiedCopy(Digest digest, long bytes, Form form) {
  private static final int BUFFER = 1 << 20;

  /**
   * The digest of a file as it lies there.
   *
   * @param limit the length that it should have
   * @param done receives how many bytes are read
   */
  public static VerifiedCopy ofFile(Path file, long limit, LongConsumer done) throws IOException {
    try (RawBytes in = RawBytes.open(file)) {
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
        Holes.write(bytes, count, out, position);
      }
      position += count;
      done.run();
    }
    return new VerifiedCopy(Digest.of(hasher), position, form);
  }
}
