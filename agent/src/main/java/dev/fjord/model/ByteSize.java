package dev.fjord.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written with its binary unit ({@code 128MiB}). Zero is {@code 0B}. A bare
 * number is refused: a person who writes {@code 128} hardly means 128 bytes.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  public static final ByteSize ZERO = new ByteSize(0);
  private static final Pattern FORM = Pattern.compile("([0-9]{1,13})(B|KiB|MiB|GiB|TiB)");
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + bytes);
    }
  }

  public static ByteSize mib(long mebibytes) {
    return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  public static ByteSize gib(long gibibytes) {
    return new ByteSize(Math.multiplyExact(gibibytes, 1L << 30));
  }

  /** Reads {@code 128MiB}; the message of the exception is fit for the user. */
  public static ByteSize parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a size: write a whole number and its unit, such as 128MiB"
              + " (B, KiB, MiB, GiB or TiB)");
    }
    int power = java.util.Arrays.asList(UNITS).indexOf(form.group(2));
    try {
      return new ByteSize(Math.multiplyExact(Long.parseLong(form.group(1)), 1L << (10 * power)));
    } catch (ArithmeticException tooLarge) {
      throw new IllegalArgumentException("'" + text + "' is larger than a size can be (8 EiB)");
    }
  }

  public ByteSize plus(ByteSize other) {
    return new ByteSize(Math.addExact(bytes, other.bytes));
  }

  /** The difference; zero when {@code other} is larger. */
  public ByteSize lessOrZero(ByteSize other) {
    return new ByteSize(Math.max(0, bytes - other.bytes));
  }

  /** Whole mebibytes, rounded up. */
  public long mebibytes() {
    return (bytes + (1L << 20) - 1) >> 20;
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The largest unit that needs no fraction, so that {@code parse(toString())} is this value. */
  @Override
  public String toString() {
    int power = 0;
    long rest = bytes;
    while (rest != 0 && rest % 1024 == 0 && power < UNITS.length - 1) {
      rest /= 1024;
      power++;
    }
    return rest + UNITS[power];
  }
}
