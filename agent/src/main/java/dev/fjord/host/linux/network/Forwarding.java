package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.model.MacAddress;
import dev.fjord.plan.Step;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Lines of bridge(8) for the forwarding tables of bridges, which say behind which port a lease's
 * Ethernet address is. A bridge that has not heard a guest for 300 s would send what is for it to
 * every port, for all neighbours to read; and one that heard it elsewhere would send it there: the
 * host has the guest in its neighbour table, and so sends no broadcast that would correct this.
 */
final class Forwarding {
  private Forwarding() {}

  /**
   * Enters the ports of instances: taps of their own, and the taps of switches' daemons where they
   * are in their bridges. An entry moves when its instance gets another port, and goes with its tap
   * or when that leaves the bridge. Sticky: without it a static entry follows to wherever the
   * address is heard (br_fdb_update() in net/bridge/br_fdb.c), and filters may be off.
   *
   * @param found the links there were, with those of daemons
   */
  static List<String> known(Collection<Step.ConnectPorts> steps, Map<String, Link> found) {
    return steps.stream()
        .flatMap(step -> step.ports().stream())
        .filter(port -> !port.daemon() || isIn(port, found))
        .map(port ->
            "fdb replace %s dev %s master static sticky"
                .formatted(port.lease().mac(), port.carrier()))
        .toList();
  }

  /** The addresses entered for good, by the tap that they are behind. */
  static Map<String, Set<MacAddress>> observe(IpCommand ip) {
    Map<String, Set<MacAddress>> stations = new HashMap<>();
    for (JsonNode entry : ip.forwarding()) {
      boolean sticky =
          StreamSupport.stream(entry.path("flags").spliterator(), false)
              .anyMatch(flag -> flag.asText().equals("sticky"));
      if (sticky) { // Only a bridge's own entries can be.
        stations
            .computeIfAbsent(entry.path("ifname").asText(), tap -> new HashSet<>())
            .add(MacAddress.parse(entry.path("mac").asText()));
      }
    }
    return stations;
  }

  private static boolean isIn(Step.Port port, Map<String, Link> found) {
    Link tap = found.get(port.carrier().value());
    return tap != null && port.bridge().value().equals(tap.master());
  }
}
