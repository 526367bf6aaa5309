package dev.fjord.model;

import java.util.regex.Pattern;

/**
 * What identifies an instance for good: 16 hexadecimal digits, given when it is created and kept in
 * its record. Its Ethernet addresses come from it, so a rename or a restore keeps them.
 */
public record Identity(String value) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");

  public Identity {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("an identity is 16 hexadecimal digits: " + value);
    }
  }

  public static Identity parse(String text) {
    return new Identity(text);
  }

  /**
   * The identity of a new instance. It follows from names alone, so that the same plan comes out
   * twice, and a lost record can be made again.
   */
  public static Identity first(ResourceName host, Owner owner, ResourceName instance) {
    String partner = owner.partner() == null ? "" : owner.partner().value();
    String text = "fjord.dev/identity/" + host + "/" + partner + "/" + instance;
    return new Identity(Digest.ofText(text).hex().substring(0, 16));
  }

  /**
   * The identity of a new instance when others already have the first one and those before this:
   * instances that had its name before they were renamed.
   */
  public static Identity next(ResourceName host, Owner owner, ResourceName instance, int count) {
    String text = "fjord.dev/identity/" + first(host, owner, instance) + "/" + count;
    return new Identity(Digest.ofText(text).hex().substring(0, 16));
  }

  /**
   * The Ethernet address of port {@code index}: locally administered, unicast (IEEE 802-2014,
   * section 8.4: the second least significant bit of the first octet is set, the least is not).
   */
  public MacAddress mac(int index) {
    String hex = Digest.ofText("fjord.dev/mac/" + value + "/" + index).hex();
    StringBuilder mac = new StringBuilder("02");
    for (int i = 0; i < 5; i++) {
      mac.append(':').append(hex, 2 * i, 2 * i + 2);
    }
    return new MacAddress(mac.toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
