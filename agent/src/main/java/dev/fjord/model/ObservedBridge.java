package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Linux bridge, or another interface that has the name of a wanted bridge.
 *
 * @param network the switch that fjord's mark on it names; null when it bears no such mark
 * @param addresses IPv4 only
 */
public record ObservedBridge(
    InterfaceName name,
    @Nullable ResourceName network,
    boolean up,
    List<Cidr> addresses,
    Routing routing) {
  public ObservedBridge {
    addresses = List.copyOf(addresses);
  }

  /** The same with another routing. */
  public ObservedBridge with(Routing other) {
    return new ObservedBridge(name, network, up, addresses, other);
  }
}
