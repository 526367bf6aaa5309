package dev.fjord.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An IPv4 address in dotted-quad form. Ordered as unsigned numbers. */
public record Ipv4Address(int bits) implements IpAddress, Comparable<Ipv4Address> {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");

  /** Reads {@code 192.0.2.5}; leading zeros are refused, since some programs read them as octal. */
  public static Ipv4Address parse(String text) {
    Matcher form = FORM.matcher(text);
    int bits = 0;
    boolean valid = form.matches();
    for (int i = 1; valid && i <= 4; i++) {
      String part = form.group(i);
      int octet = Integer.parseInt(part);
      valid = octet <= 255 && (part.length() == 1 || part.charAt(0) != '0');
      bits = bits << 8 | octet;
    }
    if (!valid) {
      throw new IllegalArgumentException("'" + text + "' is not an IPv4 address such as 192.0.2.5");
    }
    return new Ipv4Address(bits);
  }

  public Ipv4Address next() {
    return new Ipv4Address(bits + 1);
  }

  @Override
  public int compareTo(Ipv4Address other) {
    return Integer.compareUnsigned(bits, other.bits);
  }

  @Override
  public String toString() {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }
}
