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
 * @param defaultRoute whether what is for other networks leaves by it; where none says so, by the
 *     first one
 */
public record Nic(
    ResourceName network,
    @Nullable Ipv4Address address,
    @Nullable Ipv6Address address6,
    @Nullable Rate rate,
    List<PortForward> ports,
    boolean defaultRoute) {
  /** Records of older agents name no ports. */
  @SuppressWarnings("NullAway")
  public Nic {
    ports = ports == null ? List.of() : List.copyOf(ports);
  }

  /** One that does not ask for the default route. */
  public Nic(
      ResourceName network,
      @Nullable Ipv4Address address,
      @Nullable Ipv6Address address6,
      @Nullable Rate rate,
      List<PortForward> ports) {
    this(network, address, address6, rate, ports, false);
  }

  /** One that says no more. */
  public Nic(ResourceName network, @Nullable Ipv4Address address) {
    this(network, address, null, null, List.of());
  }
}
