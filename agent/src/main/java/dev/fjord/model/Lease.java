package dev.fjord.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses held by an instance for good, and the port that goes with them.
 *
 * @param network the switch's name
 * @param address6 null where the switch has none
 * @param tap the host's end of the port
 * @param further addresses of the same port, of either version, in the order of the document
 */
public record Lease(
    ResourceName network,
    Ipv4Address address,
    @Nullable Ipv6Address address6,
    MacAddress mac,
    InterfaceName tap,
    List<IpAddress> further) {

  /** Records of older agents know no further addresses. */
  @SuppressWarnings("NullAway")
  public Lease {
    further = further == null ? List.of() : List.copyOf(further);
  }

  /** All of them, the first ones first. */
  public List<IpAddress> addresses() {
    List<IpAddress> all = new ArrayList<>();
    all.add(address);
    if (address6 != null) {
      all.add(address6);
    }
    all.addAll(further);
    return List.copyOf(all);
  }

  /** The same of a port with another name. */
  public Lease on(InterfaceName otherTap) {
    return new Lease(network, address, address6, mac, otherTap, further);
  }
}
