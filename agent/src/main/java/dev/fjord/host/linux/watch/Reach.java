package dev.fjord.host.linux.watch;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Lease;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ResourceName;
import dev.fjord.watch.Watched.Address;
import java.net.Inet6Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which addresses of instances this host should reach: those of switches on which it has an address
 * itself. Where it has none, as on a bridged uplink, a ping would leave by another way or by none.
 * A switch that is not there at all counts as reached: its addresses are missed.
 *
 * @param unreached switches on which this host has no IPv4 address
 * @param six switches on which it has an IPv6 address that is not of the link alone
 */
public record Reach(Set<ResourceName> unreached, Set<ResourceName> six) {
  public Reach {
    unreached = Set.copyOf(unreached);
    six = Set.copyOf(six);
  }

  /** As the bridges are now. */
  public static Reach of(List<ObservedBridge> bridges) {
    Map<ResourceName, InterfaceName> names = new HashMap<>();
    Set<ResourceName> unreached = new HashSet<>();
    for (ObservedBridge bridge : bridges) {
      ResourceName network = bridge.network();
      if (network != null) {
        names.put(network, bridge.name());
        if (bridge.addresses().isEmpty()) {
          unreached.add(network);
        }
      }
    }
    Set<ResourceName> six = new HashSet<>();
    names.forEach((network, name) -> {
      if (hasGlobalAddress(name)) {
        six.add(network);
      }
    });
    return new Reach(unreached, six);
  }

  private static boolean hasGlobalAddress(InterfaceName name) {
    try {
      NetworkInterface link = NetworkInterface.getByName(name.value());
      return link != null
          && link.getInterfaceAddresses().stream()
              .map(InterfaceAddress::getAddress)
              .anyMatch(one -> one instanceof Inet6Address && !one.isLinkLocalAddress());
    } catch (SocketException gone) {
      return false;
    }
  }

  /** What is to be asked of an instance, in the order of its interfaces. */
  public List<Address> of(InstanceRecord record) {
    List<Address> asked = new ArrayList<>();
    for (Lease lease : record.leases()) {
      if (!unreached.contains(lease.network())) {
        asked.add(new Address(lease.network(), lease.address()));
      }
      Ipv6Address second = lease.address6();
      if (second != null && six.contains(lease.network())) {
        asked.add(new Address(lease.network(), second));
      }
    }
    return asked;
  }
}
