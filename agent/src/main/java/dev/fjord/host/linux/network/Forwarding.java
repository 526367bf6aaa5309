package dev.fjord.host.linux.network;

import dev.fjord.plan.Step;
import java.util.Collection;
import java.util.List;

/**
 * Lines of bridge(8) for the forwarding tables of bridges, which say for good behind which port a
 * lease's Ethernet address is. A bridge that has not heard a guest for 300 s would send what is for
 * it to every port, for all neighbours to read; and one that heard it elsewhere, behind the tap of
 * the switch's daemon, would send it there: the host has the guest in its neighbour table, and so
 * asks nobody by broadcast.
 */
final class Forwarding {
  private Forwarding() {}

  /**
   * Enters the ports that are taps of their own. An entry goes with its tap, or when that leaves
   * the bridge. Sticky: without it a static entry moves to wherever the address is heard
   * (br_fdb_update() in net/bridge/br_fdb.c), and filters may be off.
   */
  static List<String> known(Collection<Step.ConnectPorts> steps) {
    return steps.stream()
        .flatMap(step -> step.ports().stream())
        .filter(port -> !port.daemon())
        .map(port ->
            "fdb replace %s dev %s master static sticky".formatted(port.lease().mac(), port.tap()))
        .toList();
  }
}
