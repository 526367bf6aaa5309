package dev.fjord.file;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads files that the kernel makes up while they are read, as those of proc(5). Not with {@code
 * Files.readString}: the kernel reports their size as 0, so that method begins with one byte, and
 * for a number below {@code /proc/sys} the kernel then gives the first digit and nothing after it.
 */
public final class KernelText {
  private static final int USUAL = 4 << 10;

  private KernelText() {}

  /**
   * The file's text, each byte as one character: callers look for ASCII in it.
   *
   * @param limit in bytes; what comes after is left out
   */
  public static String read(String path, int limit) throws IOException {
    try (InputStream stream = new FileInputStream(path)) {
      byte[] kept = new byte[Math.min(USUAL, limit)];
      int length = 0;
      int read = stream.read(kept);
      while (read > 0) {
        length += read;
        if (length == kept.length) {
          if (length == limit) {
            break;
          }
          kept = Arrays.copyOf(kept, Math.min(2 * length, limit));
        }
        read = stream.read(kept, length, kept.length - length);
      }
      return new String(kept, 0, length, StandardCharsets.ISO_8859_1);
    }
  }
}
