package dev.fjord.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much may pass in a second, {@code 20Mbit}.
 *
 * @param bits at least {@link #LEAST}: with less no guest answers
 */
public record Rate(long bits) {
  public static final long LEAST = 64_000;
  public static final long MOST = 100_000_000_000L;
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(kbit|Mbit|Gbit)");

  public Rate {
    if (bits < LEAST || bits > MOST) {
      throw new IllegalArgumentException("a rate is 64kbit to 100Gbit, not " + bits + " bits");
    }
  }

  /** Reads a whole number and its unit, kbit, Mbit or Gbit, which are powers of ten. */
  public static Rate parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a rate such as 20Mbit");
    }
    long unit =
        switch (form.group(2)) {
          case "kbit" -> 1_000;
          case "Mbit" -> 1_000_000;
          default -> 1_000_000_000;
        };
    return new Rate(Long.parseLong(form.group(1)) * unit);
  }

  @Override
  public String toString() {
    if (bits % 1_000_000_000 == 0) {
      return bits / 1_000_000_000 + "Gbit";
    }
    return bits % 1_000_000 == 0 ? bits / 1_000_000 + "Mbit" : bits / 1_000 + "kbit";
  }
}
