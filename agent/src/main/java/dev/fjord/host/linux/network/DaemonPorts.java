package dev.fjord.host.linux.network;

import dev.fjord.host.linux.uml.Connector;
import dev.fjord.model.Daemon;
import dev.fjord.model.InterfaceName;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes and mends the ports by which switches' daemons are in their bridges. */
record DaemonPorts(IpCommand ip) {

  /**
   * A port, marked, in its bridge, up: in the host's namespace a persistent tap that only the
   * daemon's user may open; for a daemon in another one see {@link ApartPorts}. A tap that a daemon
   * has open stays the same.
   *
   * @param where the network namespace of the daemon; null for this one
   * @throws dev.fjord.problem.ProblemException {@code foreign-link} when a tap or bridge of that
   *     name is not fjord's, {@code bridge-missing}
   */
  void connect(Daemon daemon, InterfaceName tap, Connector.@Nullable Place where) {
    String unfinished = Links.unfinished(tap);
    String bridge = daemon.bridge().value();
    Map<String, Link> found = ip.links(List.of(tap.value(), unfinished, bridge));
    Link there = found.get(tap.value());
    if (there != null && !there.isDaemonPort()) {
      throw Links.foreign(there, "the uml_switch of " + daemon.network());
    }
    Link master = found.get(bridge);
    if (master == null) {
      throw Problem.of("bridge-missing", "uml_switch of " + daemon.network() + " needs " + bridge)
          .hint("The next run makes it.")
          .asException();
    }
    if (!master.isSwitch()) {
      throw Links.foreign(master, "switch " + daemon.network());
    }
    String mark = Mark.ofDaemon(daemon.network()).alias();
    List<String> lines = new ArrayList<>();
    if (where != null) {
      if (where.empty() || there == null || there.isTap()) {
        new ApartPorts(ip).lay(tap, daemon.uid(), where);
        if (there != null) {
          lines.add("link delete dev " + tap);
        }
        lines.add("link set dev " + unfinished + " alias " + mark + " group " + BridgeTable.GROUP);
        lines.add("link set dev " + unfinished + " name " + tap);
      }
    } else if (there == null || !isTapFor(daemon, there)) {
      if (there != null) {
        lines.add("link delete dev " + tap);
      }
      if (found.containsKey(unfinished)) {
        lines.add("link delete dev " + unfinished);
      }
      lines.add("tuntap add dev " + unfinished + " mode tap user " + daemon.uid());
      lines.add("link set dev " + unfinished + " alias " + mark + " group " + BridgeTable.GROUP);
      lines.add("link set dev " + unfinished + " name " + tap);
    }
    lines.add("link set dev " + tap + " alias " + mark + " group " + BridgeTable.GROUP);
    lines.add("link set dev " + tap + " master " + bridge + " up");
    ip.change("connecting uml_switch of " + daemon.network(), lines);
  }

  private static boolean isTapFor(Daemon daemon, Link there) {
    return there.isTap() && there.user() == daemon.uid() && !there.vnetHeader();
  }
}
