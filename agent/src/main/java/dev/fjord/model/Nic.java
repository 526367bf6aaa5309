package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance's interface as declared.
 *
 * @param network the switch's name
 * @param address null where the agent is to lease one
 * @param address6 null where the agent is to lease one, if the switch has any
 * @param rate how much may pass each way; null for no limit
 * @param ports of the host that lead to it
 * @param defaultRoute whether packets for other networks leave by it; when no interface has it set,
 *     they leave by the first one
 * @param further addresses beside these, of either version
 * @param prefixes blocks of addresses behind it: the instance may send from them, and where the
 *     host is the router of its switch, it routes them there
 */
public record Nic(
    ResourceName network,
    @Nullable Ipv4Address address,
    @Nullable Ipv6Address address6,
    @Nullable Rate rate,
    List<PortForward> ports,
    boolean defaultRoute,
    List<IpAddress> further,
    List<IpPrefix> prefixes) {
  /** Records of older agents name no ports, no further addresses and no blocks. */
  @SuppressWarnings("NullAway")
  public Nic {
    ports = ports == null ? List.of() : List.copyOf(ports);
    further = further == null ? List.of() : List.copyOf(further);
    prefixes = prefixes == null ? List.of() : List.copyOf(prefixes);
  }
}
