package dev.fjord.host.linux.network;

import dev.fjord.model.IpAddress;
import dev.fjord.model.Lease;
import dev.fjord.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines of ip(8) for the host's neighbour table, which says for good which Ethernet address has a
 * lease's address.
 */
final class Neighbours {
  private Neighbours() {}

  /** Enters the addresses of a port. */
  static List<String> known(Step.Port port, boolean ipv6) {
    List<String> lines = new ArrayList<>();
    Lease lease = port.lease();
    lines.add(known(lease.address(), port));
    if (lease.address6() != null && ipv6) {
      lines.add(known(lease.address6(), port));
      // For those that are kept apart: counts where proxy_ndp is on.
      lines.add("neighbour replace proxy " + lease.address6() + " dev " + port.bridge());
    }
    return lines;
  }

  private static String known(IpAddress address, Step.Port port) {
    return "neighbour replace %s lladdr %s nud permanent dev %s"
        .formatted(address, port.lease().mac(), port.bridge());
  }

  /** Takes the addresses that a port had before, and has not now, out of the neighbour table. */
  static List<String> forgotten(
      @Nullable Link there, @Nullable Lease now, Map<String, Link> found) {
    List<String> lines = new ArrayList<>();
    Mark mark = there == null ? null : there.mark();
    if (there == null || there.master() == null || mark == null) {
      return lines;
    }
    if (mark.address() != null && (now == null || !mark.address().equals(now.address()))) {
      lines.addAll(forgetting(mark.address(), there.master()));
    }
    Link bridge = found.get(there.master());
    // Without IPv6 there it has no such table, and what was in it is gone.
    if (mark.address6() != null
        && (now == null || !mark.address6().equals(now.address6()))
        && bridge != null
        && bridge.ipv6()) {
      lines.addAll(forgetting(mark.address6(), there.master()));
      lines.add("neighbour replace proxy " + mark.address6() + " dev " + there.master());
      lines.add("neighbour delete proxy " + mark.address6() + " dev " + there.master());
    }
    return lines;
  }

  /** Replaced first: deleting what is not there is an error. */
  private static List<String> forgetting(IpAddress address, String bridge) {
    return List.of(
        "neighbour replace " + address + " lladdr 02:00:00:00:00:00 dev " + bridge,
        "neighbour delete " + address + " dev " + bridge);
  }
}
