package dev.fjord.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An IPv6 address, without a zone. Written as RFC 5952 wants it, read in any form of RFC 4291,
 * section 2.2, except those that hold a dotted quad. Ordered as unsigned numbers.
 *
 * @param high the network's half
 * @param low the interface's half
 */
public record Ipv6Address(long high, long low) implements IpAddress, Comparable<Ipv6Address> {
  private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
  private static final int GROUPS = 8;

  public static Ipv6Address parse(String text) {
    int gap = text.indexOf("::");
    List<Integer> groups;
    if (gap < 0) {
      groups = groups(text, text);
    } else {
      groups = groups(text.substring(0, gap), text);
      List<Integer> after = groups(text.substring(gap + 2), text);
      int missing = GROUPS - groups.size() - after.size();
      if (missing < 1) {
        throw bad(text);
      }
      for (int i = 0; i < missing; i++) {
        groups.add(0);
      }
      groups.addAll(after);
    }
    if (groups.size() != GROUPS) {
      throw bad(text);
    }
    return new Ipv6Address(half(groups.subList(0, 4)), half(groups.subList(4, GROUPS)));
  }

  private static List<Integer> groups(String part, String whole) {
    List<Integer> groups = new ArrayList<>();
    if (!part.isEmpty()) {
      for (String group : part.split(":", -1)) {
        if (!GROUP.matcher(group).matches() || groups.size() == GROUPS) {
          throw bad(whole);
        }
        groups.add(Integer.parseInt(group, 16));
      }
    }
    return groups;
  }

  private static long half(List<Integer> groups) {
    return groups.stream().mapToLong(Integer::longValue).reduce(0, (all, one) -> all << 16 | one);
  }

  private static IllegalArgumentException bad(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not an IPv6 address such as 2001:db8::5");
  }

  /**
   * The address that an interface gives itself on its link, made of its Ethernet address (RFC 4291,
   * appendix A).
   */
  public static Ipv6Address linkLocal(MacAddress mac) {
    long bits = Long.parseLong(mac.value().replace(":", ""), 16);
    long first = bits >>> 24 ^ 0x020000;
    return new Ipv6Address(0xfe80L << 48, first << 40 | 0xfffeL << 24 | bits & 0xffffff);
  }

  /** Whether it is 0 after its first {@code length} bits, 0 to 128. */
  public boolean isPrefix(int length) {
    if (length >= 64) {
      return length <= 128 && (length == 128 || low << length - 64 == 0);
    }
    return length >= 0 && low == 0 && high << length == 0;
  }

  public Ipv6Address next() {
    return plus(1);
  }

  /** The address that is {@code count} further on in the same half; not negative. */
  public Ipv6Address plus(long count) {
    long sum = low + count;
    return new Ipv6Address(Long.compareUnsigned(sum, low) < 0 ? high + 1 : high, sum);
  }

  @Override
  public int compareTo(Ipv6Address other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  private int group(int index) {
    return (int) ((index < 4 ? high : low) >>> 48 - 16 * (index % 4) & 0xffff);
  }

  @Override
  public String toString() {
    int longest = 1; // One group of zeros is not shortened (RFC 5952, section 4.2.2).
    int gap = -1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && group(end) == 0) {
        end++;
      }
      if (end - i > longest) {
        longest = end - i;
        gap = i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == gap) {
        text.append("::");
        i += longest - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
        text.append(Integer.toHexString(group(i)));
      }
    }
    return text.toString();
  }
}
