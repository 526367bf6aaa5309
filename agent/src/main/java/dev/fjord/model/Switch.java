package dev.fjord.model;

import java.util.List;

/**
 * A layer-2 network with one IPv4 subnet. The host itself is its gateway.
 *
 * @param bridge the Linux bridge's name
 * @param subnet without host bits
 * @param gateway the host's address on it; never given to an instance
 * @param reserved never given to an instance
 */
public record Switch(
    ResourceName name,
    InterfaceName bridge,
    Cidr subnet,
    Ipv4Address gateway,
    List<AddressRange> reserved) {
  public Switch {
    reserved = List.copyOf(reserved);
  }

  /** The gateway's address as an interface carries it. */
  public Cidr gatewayOnInterface() {
    return new Cidr(gateway, subnet.prefix());
  }

  /** Whether an instance may hold {@code address}. */
  public boolean mayLease(Ipv4Address address) {
    return subnet.isUsable(address)
        && !address.equals(gateway)
        && reserved.stream().noneMatch(range -> range.contains(address));
  }

  /** How many addresses instances can hold in all. */
  public int leasable() {
    int count = 0;
    Ipv4Address address = subnet.network().next();
    for (; subnet.isUsable(address); address = address.next()) {
      count += mayLease(address) ? 1 : 0;
    }
    return count;
  }
}
