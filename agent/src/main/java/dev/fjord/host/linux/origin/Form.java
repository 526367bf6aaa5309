package dev.fjord.host.linux.origin;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** What the content of a source is, by its first bytes. */
public enum Form {
  /** A file system, a binary, or anything else that is stored as it is. */
  PLAIN,
  /** A POSIX or GNU archive of files (tar(5)). */
  TAR,
  /** deb(5): an archive of ar(1). */
  DEBIAN_PACKAGE;

  private static final int TAR_MARK_AT = 257;
  private static final byte[] TAR_MARK = "ustar".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PACKAGE_MARK =
      "!<arch>\ndebian-binary".getBytes(StandardCharsets.US_ASCII);

  /** As programs read it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The form of content that begins with these bytes.
   *
   * @param count how many of the bytes count
   */
  static Form of(byte[] first, int count) {
    if (has(first, count, 0, PACKAGE_MARK)) {
      return DEBIAN_PACKAGE;
    }
    return has(first, count, TAR_MARK_AT, TAR_MARK) ? TAR : PLAIN;
  }

  private static boolean has(byte[] bytes, int count, int at, byte[] mark) {
    return at + mark.length <= count
        && Arrays.equals(bytes, at, at + mark.length, mark, 0, mark.length);
  }
}
