package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * The addresses held by an instance for good, and the port that goes with them.
 *
 * @param network the switch's name
 * @param address6 null where the switch has none
 * @param tap the host's end of the port
 */
public record Lease(
    ResourceName network,
    Ipv4Address address,
    @Nullable Ipv6Address address6,
    MacAddress mac,
    InterfaceName tap) {

  /** Of a switch without IPv6. */
  public Lease(ResourceName network, Ipv4Address address, MacAddress mac, InterfaceName tap) {
    this(network, address, null, mac, tap);
  }
}
