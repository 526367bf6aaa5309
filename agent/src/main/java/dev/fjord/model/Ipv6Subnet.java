package dev.fjord.model;

/**
 * An IPv6 network, without host bits, and the host's own address on it.
 *
 * @param prefix 64 to 124, so that there is room for machines and 64 bits distinguish them
 * @param gateway never given to an instance
 */
public record Ipv6Subnet(Ipv6Address network, int prefix, Ipv6Address gateway) {
  public static final int SHORTEST = 64;
  public static final int LONGEST = 124;

  public Ipv6Subnet {
    if (prefix < SHORTEST || prefix > LONGEST) {
      throw new IllegalArgumentException(
          "an IPv6 subnet has a prefix of " + SHORTEST + " to " + LONGEST + ", not " + prefix);
    }
  }

  /** The bits that distinguish machines. */
  private long hostBits() {
    return prefix == SHORTEST ? -1L : (1L << 128 - prefix) - 1;
  }

  public boolean isWithoutHostBits() {
    return (network.low() & hostBits()) == 0;
  }

  /** The last address, whose text is the longest. */
  public Ipv6Address last() {
    return new Ipv6Address(network.high(), network.low() | hostBits());
  }

  public boolean contains(Ipv6Address address) {
    return address.high() == network.high()
        && (address.low() & ~hostBits()) == (network.low() & ~hostBits());
  }

  /** Whether an instance may hold {@code address}; the first one is every router's (RFC 4291). */
  public boolean mayLease(Ipv6Address address) {
    return contains(address) && !address.equals(network) && !address.equals(gateway);
  }

  public boolean overlaps(Ipv6Subnet other) {
    return contains(other.network) || other.contains(network);
  }

  @Override
  public String toString() {
    return network + "/" + prefix;
  }
}
