package dev.fjord.model;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tap.
 *
 * @param instance the instance that fjord's mark on it names; null when it bears no such mark
 * @param daemon the switch whose daemon has it, by fjord's mark; null when it bears no such mark
 * @param bridge what it is a port of; null for none
 * @param up administratively
 * @param rate the limit on what goes to the guest; null for none
 * @param stations the stations whose frames its bridge always sends here, wherever it hears them
 *     from
 * @param mtu the largest packet that it carries, in bytes
 */
public record ObservedPort(
    InterfaceName tap,
    @Nullable ResourceName instance,
    @Nullable ResourceName daemon,
    @Nullable InterfaceName bridge,
    boolean up,
    @Nullable Rate rate,
    Set<MacAddress> stations,
    int mtu) {
  public ObservedPort {
    stations = Set.copyOf(stations);
  }

  /** The same with one more behind it. */
  public ObservedPort with(MacAddress station) {
    Set<MacAddress> all = new HashSet<>(stations);
    all.add(station);
    return new ObservedPort(tap, instance, daemon, bridge, up, rate, all, mtu);
  }

  /** The same when its bridge has forgotten which stations are behind it. */
  public ObservedPort unknown() {
    return new ObservedPort(tap, instance, daemon, bridge, up, rate, Set.of(), mtu);
  }
}
