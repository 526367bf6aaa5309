package dev.fjord.host.linux.origin;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How a source is compressed. Its first bytes decide and nothing else: a name may lie, and neither
 * a bare file system nor an ELF binary begins like any of these.
 */
public enum Compression {
  NONE(""),
  /** RFC 1952, with its one method, deflate. */
  GZIP("1f8b08"),
  /** The .xz format; not the older .lzma, which has no mark to know it by. */
  XZ("fd377a585a00"),
  /** RFC 8878: a frame, or one to be skipped, with which some compressors begin. */
  ZSTD("28b52ffd|5[0-9a-f]2a4d18"),
  /** With a block, or with the end of an empty stream. */
  BZIP2("425a683[1-9](314159265359|177245385090)");

  /** How many of the first bytes are enough to decide. */
  static final int MARK_BYTES = 10;

  private final Pattern mark;

  Compression(String mark) {
    this.mark = Pattern.compile("(" + mark + ").*");
  }

  /** Of a file that begins with these bytes; {@link #MARK_BYTES} of them, or the whole file. */
  static Compression of(byte[] first) {
    String hex = HexFormat.of().formatHex(first);
    for (Compression one : values()) {
      if (one != NONE && one.mark.matcher(hex).matches()) {
        return one;
      }
    }
    return NONE;
  }

  /** As people call it: {@code gzip}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
