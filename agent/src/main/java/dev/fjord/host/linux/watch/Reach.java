package dev.fjord.host.linux.watch;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Lease;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.ResourceName;
import dev.fjord.watch.Watched.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses of instances this host should reach: those of subnets in which it has an address
 * itself. Where it has none, as on a bridged uplink, a ping would leave by another way or by none.
 * A switch that is not there at all counts as reached: its addresses are missed.
 *
 * @param bridges by the switch that they are
 * @param others bridges that fjord did not make, by the ports that instances have in them
 */
public record Reach(
    Map<ResourceName, ObservedBridge> bridges, Map<InterfaceName, ObservedBridge> others) {
  public Reach {
    bridges = Map.copyOf(bridges);
    others = Map.copyOf(others);
  }

  /** As the bridges are now. */
  public static Reach of(List<ObservedBridge> bridges, List<ObservedPort> ports) {
    Map<ResourceName, ObservedBridge> named = new HashMap<>();
    Map<InterfaceName, ObservedBridge> unmarked = new HashMap<>();
    for (ObservedBridge bridge : bridges) {
      if (bridge.network() != null) {
        named.put(bridge.network(), bridge);
      } else {
        unmarked.put(bridge.name(), bridge);
      }
    }
    Map<InterfaceName, ObservedBridge> others = new HashMap<>();
    for (ObservedPort port : ports) {
      ObservedBridge bridge = port.bridge() == null ? null : unmarked.get(port.bridge());
      if (bridge != null && port.instance() != null) {
        others.put(port.tap(), bridge);
      }
    }
    return new Reach(named, others);
  }

  /** What is to be asked of an instance, in the order of its interfaces. */
  public List<Address> of(InstanceRecord record) {
    List<Address> asked = new ArrayList<>();
    for (Lease lease : record.leases()) {
      ObservedBridge bridge = others.getOrDefault(lease.tap(), bridges.get(lease.network()));
      if (bridge == null
          || bridge.addresses().stream().anyMatch(own -> own.contains(lease.address()))) {
        asked.add(new Address(lease.network(), lease.address()));
      }
      Ipv6Address second = lease.address6();
      if (second != null && hasGlobalAddress(bridge)) {
        asked.add(new Address(lease.network(), second));
      }
    }
    return asked;
  }

  private static boolean hasGlobalAddress(@Nullable ObservedBridge bridge) {
    return bridge != null
        && bridge.routing().addresses6().stream().anyMatch(own -> !own.startsWith("fe80:"));
  }
}
