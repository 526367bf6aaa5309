package dev.fjord.host.linux.network;

import dev.fjord.model.InterfaceName;
import dev.fjord.model.Lease;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes, mends and removes taps: two calls of ip(8), and one of bridge(8), for all the instances
 * that come at once.
 */
final class Ports {
  private final IpCommand ip;
  private final Limits limits;
  private final Together<Step.ConnectPorts> together = new Together<>(this::connectAll);

  Ports(IpCommand ip) {
    this.ip = ip;
    this.limits = new Limits(ip);
  }

  /**
   * Makes or mends the ports of an instance: each a persistent tap that only the instance's user
   * may open, with the header that UML's vector driver wants, marked, in its bridge, up. The host's
   * neighbour table says for good which Ethernet address has the lease's address, so that the host
   * neither waits for ARP nor believes another guest that answers it; and the bridge's {@link
   * Forwarding} table, behind which port that Ethernet address is.
   *
   * @throws dev.fjord.problem.ProblemException {@code foreign-link} when a tap or bridge of that
   *     name is not fjord's, {@code port-in-use} when a port would have to be made anew under a
   *     running kernel; nothing was changed then
   */
  void connect(Step.ConnectPorts step) {
    together.ask(step);
  }

  private Map<Step.ConnectPorts, ProblemException> connectAll(List<Step.ConnectPorts> steps) {
    List<String> names = namesOf(steps);
    Map<String, Link> found = names.isEmpty() ? Map.of() : ip.links(names);
    Map<Step.ConnectPorts, ProblemException> failed = new HashMap<>();
    Map<Step.ConnectPorts, List<String>> lines = new LinkedHashMap<>();
    for (Step.ConnectPorts step : steps) {
      try {
        lines.put(step, lines(step, found));
      } catch (ProblemException refused) {
        failed.put(step, refused);
      }
    }
    try {
      change(lines, found);
      limit(lines.keySet(), found);
    } catch (ProblemException oneOfThem) {
      if (steps.size() == 1) {
        throw oneOfThem;
      }
      // Which lines were carried out is not known: each looks for itself what is left to do.
      lines.keySet().forEach(step -> connectAlone(step, failed));
    }
    return failed;
  }

  private void connectAlone(
      Step.ConnectPorts step, Map<Step.ConnectPorts, ProblemException> failed) {
    try {
      Map<String, Link> found = ip.links(namesOf(List.of(step)));
      change(Map.of(step, lines(step, found)), found);
      limit(List.of(step), found);
    } catch (ProblemException e) {
      failed.put(step, e);
    }
  }

  /** Nothing is asked of tc(8) where nothing is limited and nothing was. */
  private void limit(Collection<Step.ConnectPorts> steps, Map<String, Link> found) {
    List<Step.Port> all = steps.stream().flatMap(step -> step.ports().stream()).toList();
    if (all.stream().anyMatch(port -> port.rate() != null)
        || found.values().stream().anyMatch(Link::limited)) {
      limits.set(all);
    }
  }

  private void change(Map<Step.ConnectPorts, List<String>> lines, Map<String, Link> found) {
    String whose =
        lines.keySet().stream()
            .map(step -> step.instance().value())
            .collect(Collectors.joining(", "));
    List<String> all = lines.values().stream().flatMap(List::stream).toList();
    if (!all.isEmpty()) {
      ip.change("connecting the ports of " + whose, all);
    }
    List<String> known = Forwarding.known(lines.keySet(), found);
    if (!known.isEmpty()) {
      ip.forward("telling the bridges of " + whose, known);
    }
  }

  private static List<String> namesOf(List<Step.ConnectPorts> steps) {
    return steps.stream()
        .flatMap(step -> step.ports().stream())
        .flatMap(port ->
            Stream.of(port.carrier().value(), port.bridge().value(), Links.unfinished(port.tap())))
        .distinct()
        .toList();
  }

  private static List<String> lines(Step.ConnectPorts step, Map<String, Link> found) {
    List<String> lines = new ArrayList<>();
    step.ports().stream()
        .filter(port -> !port.daemon()) // Its frames come by the daemon's tap.
        .forEach(port -> connect(step, port, found, lines));
    return lines;
  }

  private static void connect(
      Step.ConnectPorts step, Step.Port port, Map<String, Link> found, List<String> lines) {
    String tap = port.tap().value();
    Link there = found.get(tap);
    if (there != null && !there.isPort()) {
      throw Links.foreign(there, "a port of " + step.instance());
    }
    Link bridge = found.get(port.bridge().value());
    refuseForeignBridge(step, port, bridge);
    boolean asItShouldBe = there != null && there.user() == step.uid() && there.vnetHeader();
    boolean others = there != null && markDiffers(there, step);
    if (there != null && there.inUse() && (!asItShouldBe || others)) {
      throw inUse(there, step);
    }
    Lease lease = port.lease();
    String mark = Mark.ofPort(step.instance(), lease.address(), lease.address6()).alias();
    if (!asItShouldBe) {
      if (there != null) {
        lines.add("link delete dev " + tap);
      }
      String unfinished = Links.unfinished(port.tap());
      if (found.containsKey(unfinished)) {
        lines.add("link delete dev " + unfinished);
      }
      lines.add("tuntap add dev " + unfinished + " mode tap user " + step.uid() + " vnet_hdr");
      lines.add("link set dev " + unfinished + " alias " + mark + " group " + BridgeTable.GROUP);
      lines.add("link set dev " + unfinished + " name " + tap);
    }
    lines.add("link set dev " + tap + " alias " + mark + " group " + BridgeTable.GROUP);
    lines.add("link set dev " + tap + " master " + port.bridge() + " up");
    lines.addAll(Neighbours.forgotten(there, lease, found));
    lines.addAll(Neighbours.known(port, bridge != null && bridge.ipv6()));
  }

  private static boolean markDiffers(Link there, Step.ConnectPorts step) {
    Mark mark = there.mark();
    return mark == null || !mark.name().equals(step.instance());
  }

  private static void refuseForeignBridge(
      Step.ConnectPorts step, Step.Port port, @Nullable Link bridge) {
    if (bridge == null) {
      throw Problem.of(
              "bridge-missing",
              "instance "
                  + step.instance()
                  + " needs bridge "
                  + port.bridge()
                  + ", which is missing")
          .hint("The next run makes it, if switch " + port.lease().network() + " is declared.")
          .asException();
    }
    if (!bridge.isSwitch()) {
      throw Links.foreign(bridge, "switch " + port.lease().network());
    }
  }

  private static RuntimeException inUse(Link tap, Step.ConnectPorts step) {
    return Problem.of(
            "port-in-use", "tap " + tap.name() + " is not as " + step.instance() + " needs it")
        .detail(
            "a process holds it open; its user is %d, wanted: %d".formatted(tap.user(), step.uid()))
        .hint("It was not touched. Stop the instance that uses it; the next run makes it anew.")
        .asException();
  }

  /**
   * Removes a tap that bears fjord's mark, and its address from the neighbour table; none there is
   * fine.
   *
   * @throws dev.fjord.problem.ProblemException {@code foreign-link} when it bears no such mark
   */
  void remove(InterfaceName name) {
    Link tap = ip.links(List.of(name.value())).get(name.value());
    if (tap == null) {
      return;
    }
    if (!tap.isPort() && !tap.isDaemonPort()) {
      throw Links.foreign(tap, "removing a port");
    }
    List<String> lines = new ArrayList<>();
    Map<String, Link> bridge = tap.master() == null ? Map.of() : ip.links(List.of(tap.master()));
    lines.addAll(Neighbours.forgotten(tap, null, bridge));
    lines.add("link delete dev " + name);
    ip.change("removing tap " + name, lines);
  }
}
