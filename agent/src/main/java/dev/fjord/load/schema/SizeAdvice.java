package dev.fjord.load.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What to write in place of something that is almost a size. */
final class SizeAdvice {
  private static final Pattern ALMOST =
      Pattern.compile(
          "([0-9]{1,9})(\\.[0-9]{1,6})?\\s?([KMGT])?(i?B?|i?b)", Pattern.CASE_INSENSITIVE);
  private static final String LETTERS = "BKMGT";

  private SizeAdvice() {}

  /**
   * What a number without a unit may have meant: small ones mebibytes, others bytes, as other tools
   * count.
   */
  static String ofBare(BigInteger number) {
    if (number.bitLength() <= 20) {
      return number + "MiB";
    }
    int power = 0;
    BigInteger size = number;
    while (power < LETTERS.length() - 1 && size.getLowestSetBit() >= 10) {
      size = size.shiftRight(10);
      power++;
    }
    if (power < 2) {
      // Bytes that are no whole number of mebibytes.
      size = number.add(BigInteger.valueOf((1 << 20) - 1)).shiftRight(20);
      power = 2;
    }
    return size + LETTERS.substring(power, power + 1) + "iB";
  }

  /** {@code write 128MiB: units are binary}, or null where no size is near. */
  static @Nullable String of(String written) {
    Matcher almost = ALMOST.matcher(written);
    if (!almost.matches() || almost.group(3) == null) {
      return null;
    }
    int power = LETTERS.indexOf(Character.toUpperCase(almost.group(3).charAt(0)));
    String number = almost.group(1);
    if (almost.group(2) != null) {
      BigDecimal below =
          new BigDecimal(number + almost.group(2)).multiply(BigDecimal.valueOf(1024));
      if (power < 2 || below.stripTrailingZeros().scale() > 0) {
        return "sizes are whole numbers: take a smaller unit";
      }
      power--;
      number = below.toBigInteger().toString();
    }
    return "write " + number + LETTERS.charAt(power) + "iB: units are binary, numbers whole";
  }
}
