package dev.fjord.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of addresses of either version, without host bits ({@code 198.51.100.64/28}).
 *
 * @param length of the prefix: 0 to 32, or to 128
 */
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {
  private static final Pattern FORM = Pattern.compile("([^/]+)/([0-9]{1,3})");

  public IpPrefix {
    int longest = address instanceof Ipv4Address ? 32 : 128;
    if (length < 0 || length > longest) {
      throw new IllegalArgumentException(
          "a prefix of " + address + " has a length of 0 to " + longest + ", not " + length);
    }
    if (!isPrefix(address, length)) {
      throw new IllegalArgumentException(
          "%s/%d is an address in a block: set the bits after %d to 0"
              .formatted(address, length, length));
    }
  }

  public static IpPrefix parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a block of addresses such as 198.51.100.64/28");
    }
    return new IpPrefix(IpAddress.parse(form.group(1)), Integer.parseInt(form.group(2)));
  }

  public static IpPrefix of(Cidr subnet) {
    return new IpPrefix(subnet.network(), subnet.prefix());
  }

  public static IpPrefix of(Ipv6Subnet subnet) {
    return new IpPrefix(subnet.network(), subnet.prefix());
  }

  /** The block of one address. */
  public static IpPrefix of(IpAddress address) {
    return new IpPrefix(address, address instanceof Ipv4Address ? 32 : 128);
  }

  /** Whether it is one address. */
  public boolean isSingle() {
    return length == (isIpv6() ? 128 : 32);
  }

  private static boolean isPrefix(IpAddress address, int length) {
    return switch (address) {
      case Ipv4Address four -> (four.bits() & ~mask4(length)) == 0;
      case Ipv6Address six -> six.isPrefix(length);
    };
  }

  private static int mask4(int length) {
    return length == 0 ? 0 : -1 << 32 - length;
  }

  private static long mask6(int length) {
    return length <= 0 ? 0 : length >= 64 ? -1L : -1L << 64 - length;
  }

  public boolean isIpv6() {
    return address instanceof Ipv6Address;
  }

  /** Whether {@code other} is of the same version and inside. */
  public boolean contains(IpAddress other) {
    return switch (address) {
      case Ipv4Address own ->
          other instanceof Ipv4Address four && (four.bits() & mask4(length)) == own.bits();
      case Ipv6Address own ->
          other instanceof Ipv6Address six
              && (six.high() & mask6(length)) == own.high()
              && (six.low() & mask6(length - 64)) == own.low();
    };
  }

  public boolean contains(IpPrefix other) {
    return length <= other.length && contains(other.address);
  }

  /** Whether one lies in the other; blocks never overlap in part. */
  public boolean overlaps(IpPrefix other) {
    return contains(other) || other.contains(this);
  }

  @Override
  public int compareTo(IpPrefix other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return address + "/" + length;
  }
}
