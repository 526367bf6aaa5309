package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one instance may send on one port.
 *
 * @param lease its addresses, and its tap
 * @param rate of its interface; null for no limit
 * @param behindDaemon whether its packets come by the tap of its switch's daemon, and not by its
 *     own
 * @param defaultRoute whether the guest's answers to other networks leave by it
 * @param prefixes blocks of addresses that it may send from as well
 */
public record FilteredPort(
    ResourceName instance,
    Owner owner,
    Lease lease,
    @Nullable Rate rate,
    List<PortForward> forwards,
    boolean behindDaemon,
    boolean defaultRoute,
    List<IpPrefix> prefixes) {
  /** Filters of older agents have no blocks. */
  @SuppressWarnings("NullAway")
  public FilteredPort {
    forwards = List.copyOf(forwards);
    prefixes = prefixes == null ? List.of() : List.copyOf(prefixes);
  }

  /** The same with other ports of the host. */
  public FilteredPort with(List<PortForward> others) {
    return new FilteredPort(
        instance, owner, lease, rate, others, behindDaemon, defaultRoute, prefixes);
  }

  /** The same with other blocks behind it. */
  public FilteredPort before(List<IpPrefix> others) {
    return new FilteredPort(
        instance, owner, lease, rate, forwards, behindDaemon, defaultRoute, others);
  }
}
