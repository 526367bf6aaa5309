package dev.fjord.model;

/**
 * An address with the length of its network's prefix. As a subnet the address has no host bits
 * ({@link #isSubnet()}); on an interface it may.
 *
 * @param prefix 0 to 32
 */
public record Cidr(Ipv4Address address, int prefix) {
  public Cidr {
    if (prefix < 0 || prefix > 32) {
      throw new IllegalArgumentException("a prefix length is 0 to 32, not " + prefix);
    }
  }

  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
      throw new IllegalArgumentException("'" + text + "' is not a subnet such as 192.0.2.0/27");
    }
    return new Cidr(
        Ipv4Address.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  private int mask() {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }

  public boolean isSubnet() {
    return (address.bits() & ~mask()) == 0;
  }

  public Ipv4Address netmask() {
    return new Ipv4Address(mask());
  }

  public Ipv4Address network() {
    return new Ipv4Address(address.bits() & mask());
  }

  public Ipv4Address broadcast() {
    return new Ipv4Address(address.bits() | ~mask());
  }

  public boolean contains(Ipv4Address other) {
    return (other.bits() & mask()) == (address.bits() & mask());
  }

  /** Whether a machine may have this address: inside, and neither network nor broadcast. */
  public boolean isUsable(Ipv4Address other) {
    return contains(other) && !other.equals(network()) && !other.equals(broadcast());
  }

  public boolean overlaps(Cidr other) {
    return contains(other.network()) || other.contains(network());
  }

  @Override
  public String toString() {
    return address + "/" + prefix;
  }
}
