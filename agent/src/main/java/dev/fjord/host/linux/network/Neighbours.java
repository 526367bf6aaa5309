package dev.fjord.host.linux.network;

import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Lease;
import dev.fjord.plan.Step;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lines of ip(8) for the host's neighbour table, which says for good which Ethernet address has a
 * lease's address.
 */
record Neighbours(IpCommand ip) {

  /** Enters the addresses of a port. */
  static List<String> known(Step.Port port, boolean ipv6) {
    List<String> lines = new ArrayList<>();
    for (IpAddress address : port.lease().addresses()) {
      if (address instanceof Ipv4Address) {
        lines.add(known(address, port));
      } else if (ipv6) {
        lines.add(known(address, port));
        if (!port.existing()) {
          // For those that are kept apart: counts where proxy_ndp is on.
          lines.add("neighbour replace proxy " + address + " dev " + port.bridge());
        }
      }
    }
    return lines;
  }

  private static String known(IpAddress address, Step.Port port) {
    return "neighbour replace %s lladdr %s nud permanent dev %s"
        .formatted(address, port.lease().mac(), port.bridge());
  }

  /** Takes the addresses that a port had before, and has not now, out of the neighbour table. */
  List<String> forgotten(@Nullable Link there, @Nullable Lease now, Map<String, Link> found) {
    List<String> lines = new ArrayList<>();
    Mark mark = there == null ? null : there.mark();
    if (there == null || there.master() == null || mark == null) {
      return lines;
    }
    Set<IpAddress> kept = now == null ? Set.of() : Set.copyOf(now.addresses());
    Link bridge = found.get(there.master());
    for (IpAddress address : addresses(mark, there.master())) {
      if (kept.contains(address)) {
        continue;
      }
      if (address instanceof Ipv4Address) {
        lines.addAll(forgetting(address, there.master()));
      } else if (bridge != null && bridge.ipv6()) {
        // Without IPv6 there it has no such table, and what was in it is gone.
        lines.addAll(forgetting(address, there.master()));
        lines.add("neighbour replace proxy " + address + " dev " + there.master());
        lines.add("neighbour delete proxy " + address + " dev " + there.master());
      }
    }
    return lines;
  }

  /** What a port had; where a mark has no room for all, the table shows them by their station. */
  private Set<IpAddress> addresses(Mark mark, String bridge) {
    Set<IpAddress> addresses = new LinkedHashSet<>();
    if (mark.address() != null) {
      addresses.add(mark.address());
    }
    if (mark.address6() != null) {
      addresses.add(mark.address6());
    }
    if (mark.more() && mark.address() != null) {
      Map<IpAddress, String> table = ip.permanentNeighbours(bridge);
      String station = table.get(mark.address());
      table.forEach((address, other) -> {
        if (other.equals(station)) {
          addresses.add(address);
        }
      });
    }
    return addresses;
  }

  /** Replaced first: deleting what is not there is an error. */
  private static List<String> forgetting(IpAddress address, String bridge) {
    return List.of(
        "neighbour replace " + address + " lladdr 02:00:00:00:00:00 dev " + bridge,
        "neighbour delete " + address + " dev " + bridge);
  }
}
