package dev.fjord.model;

import java.util.regex.Pattern;

/** The name of a network interface: 1 to 15 characters (Linux IFNAMSIZ less its NUL). */
public record InterfaceName(String value) implements Comparable<InterfaceName> {
  private static final Pattern FORM = Pattern.compile("[a-zA-Z][-_.a-zA-Z0-9]{0,14}");

  public InterfaceName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not an interface name: 1 to 15 of a-z, A-Z, 0-9, '-', '_' and '.'");
    }
  }

  public static InterfaceName parse(String text) {
    return new InterfaceName(text);
  }

  @Override
  public int compareTo(InterfaceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
