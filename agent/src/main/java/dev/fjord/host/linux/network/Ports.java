package dev.fjord.host.linux.network;

import dev.fjord.host.linux.uml.Connector;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes, mends and removes taps: two calls of ip(8), and one of bridge(8), for all the instances
 * that come at once.
 */
final class Ports {
  private final IpCommand ip;
  private final TokenBuckets limits;
  private final ApartPorts apart;
  private final Neighbours neighbours;
  private final Batcher<Wish> together = new Batcher<>(this::connectAll);

  Ports(IpCommand ip) {
    this.ip = ip;
    this.limits = new TokenBuckets(ip);
    this.apart = new ApartPorts(ip);
    this.neighbours = new Neighbours(ip);
  }

  /**
   * What is asked for.
   *
   * @param apart whether its kernel has a network namespace of its own
   */
  private record Wish(Step.ConnectPorts step, boolean apart) {}

  /**
   * Makes or mends the ports of an instance, marked, in their bridges, up: in the host's namespace
   * each a persistent tap that only the instance's user may open, with the header that UML's vector
   * driver wants; for a kernel in a namespace of its own see {@link ApartPorts}. The host's
   * neighbour table says for good which Ethernet address has the lease's address, so that the host
   * neither waits for ARP nor believes another guest that answers it; and the bridge's {@link
   * Forwarding} table, behind which port that Ethernet address is.
   *
   * @throws dev.fjord.problem.ProblemException {@code foreign-link} when a tap or bridge of that
   *     name is not fjord's, {@code port-in-use} when a port would have to be made anew under a
   *     running kernel; nothing was changed then
   */
  void connect(Step.ConnectPorts step, Connector.@Nullable Place where) {
    if (where != null) {
      apart.lay(step, where);
    }
    together.ask(new Wish(step, where != null));
    if (where != null && !where.empty()) {
      apart.awaitForwarding(step);
    }
  }

  private Map<Wish, ProblemException> connectAll(List<Wish> steps) {
    List<String> names = namesOf(steps);
    Map<String, Link> found = names.isEmpty() ? Map.of() : ip.links(names);
    Map<Wish, ProblemException> failed = new HashMap<>();
    Map<Wish, List<String>> lines = new LinkedHashMap<>();
    for (Wish step : steps) {
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
      if (steps.size() == 1 && !steps.get(0).apart) {
        throw oneOfThem;
      }
      // The port of a kernel that ended goes with its namespace, a moment later: it can go between
      // a look and its deletion.
      // Which lines were carried out is not known: each looks for itself what is left to do.
      lines.keySet().forEach(step -> connectAlone(step, failed));
    }
    return failed;
  }

  private void connectAlone(Wish step, Map<Wish, ProblemException> failed) {
    try {
      Map<String, Link> found = ip.links(namesOf(List.of(step)));
      change(Map.of(step, lines(step, found)), found);
      limit(List.of(step), found);
    } catch (ProblemException e) {
      failed.put(step, e);
    }
  }

  /** Nothing is asked of tc(8) where nothing is limited and nothing was. */
  private void limit(Collection<Wish> wishes, Map<String, Link> found) {
    List<Step.Port> all = wishes.stream().flatMap(wish -> wish.step.ports().stream()).toList();
    if (all.stream().anyMatch(port -> port.rate() != null)
        || found.values().stream().anyMatch(Link::limited)) {
      limits.set(all);
    }
  }

  private void change(Map<Wish, List<String>> lines, Map<String, Link> found) {
    String whose =
        lines.keySet().stream()
            .map(wish -> wish.step.instance().value())
            .collect(Collectors.joining(", "));
    List<String> all = lines.values().stream().flatMap(List::stream).toList();
    if (!all.isEmpty()) {
      ip.change("connecting the ports of " + whose, all);
    }
    List<String> known = Forwarding.known(lines.keySet().stream().map(Wish::step).toList(), found);
    if (!known.isEmpty()) {
      ip.forward("telling the bridges of " + whose, known);
    }
  }

  private static List<String> namesOf(List<Wish> wishes) {
    return wishes.stream()
        .flatMap(wish -> wish.step.ports().stream())
        .flatMap(port ->
            Stream.of(port.carrier().value(), port.bridge().value(), Links.unfinished(port.tap())))
        .distinct()
        .toList();
  }

  private List<String> lines(Wish wish, Map<String, Link> found) {
    List<String> lines = new ArrayList<>();
    wish.step.ports().stream()
        .filter(port -> !port.daemon()) // Its frames come by the daemon's tap.
        .forEach(port -> connect(wish, port, found, lines));
    return lines;
  }

  private void connect(Wish wish, Step.Port port, Map<String, Link> found, List<String> lines) {
    Step.ConnectPorts step = wish.step;
    String tap = port.tap().value();
    Link there = found.get(tap);
    if (there != null && !there.isPort()) {
      throw Links.foreign(there, "a port of " + step.instance());
    }
    Link bridge = found.get(port.bridge().value());
    refuseForeignBridge(step, port, bridge);
    Lease lease = port.lease();
    String mark = Mark.ofPort(step.instance(), lease).alias();
    String marked = " alias " + mark + " group " + BridgeTable.GROUP;
    String unfinished = Links.unfinished(port.tap());
    if (wish.apart) {
      apart(step, port, found, lines, marked);
    } else if (!isTapFor(there, step)) {
      if (there != null) {
        lines.add("link delete dev " + tap);
      }
      if (found.containsKey(unfinished)) {
        lines.add("link delete dev " + unfinished);
      }
      lines.add("tuntap add dev " + unfinished + " mode tap user " + step.uid() + " vnet_hdr");
      lines.add("link set dev " + unfinished + marked);
      lines.add("link set dev " + unfinished + " name " + tap);
    }
    lines.add("link set dev " + tap + marked);
    lines.add("link set dev " + tap + " mtu " + port.mtu());
    if (port.existing()) {
      lines.add("link set dev " + tap + " address " + high(lease.mac()));
    }
    lines.add("link set dev " + tap + " master " + port.bridge() + " up");
    lines.addAll(neighbours.forgotten(there, lease, found));
    lines.addAll(Neighbours.known(port, bridge != null && bridge.ipv6()));
  }

  /**
   * The host's end's own address, on a bridge that is not fjord's: that may take the lowest of its
   * ports' for itself (br_stp_recalculate_bridge_id() in net/bridge/br_stp_if.c), and is to keep
   * what it has.
   */
  private static String high(MacAddress mac) {
    return "fe" + mac.value().substring(2);
  }

  /** Whether it can stay as it is; one that a process holds, and cannot, is refused. */
  private static boolean isTapFor(@Nullable Link there, Step.ConnectPorts step) {
    boolean asItShouldBe =
        there != null && there.isTap() && there.user() == step.uid() && there.vnetHeader();
    boolean others = there != null && markDiffers(there, step);
    if (there != null && there.isTap() && there.inUse() && (!asItShouldBe || others)) {
      throw inUse(there, step);
    }
    return asItShouldBe;
  }

  /**
   * What {@link ApartPorts} has laid takes the place of what was there, if it has laid anything.
   */
  private static void apart(
      Step.ConnectPorts step,
      Step.Port port,
      Map<String, Link> found,
      List<String> lines,
      String marked) {
    Link there = found.get(port.tap().value());
    String unfinished = Links.unfinished(port.tap());
    if (!found.containsKey(unfinished)) {
      if (there == null || there.isTap()) {
        throw Problem.of("port-missing", "the port " + port.tap() + " went while it was connected")
            .hint("Its kernel ended, or somebody deleted it. The next run tries again.")
            .asException();
      }
      return;
    }
    if (there != null && there.isTap() && there.inUse()) {
      throw inUse(there, step);
    }
    if (there != null) {
      lines.add("link delete dev " + port.tap());
    }
    lines.add("link set dev " + unfinished + marked);
    lines.add("link set dev " + unfinished + " name " + port.tap());
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
    if (port.existing() ? !bridge.isBridge() || bridge.isSwitch() : !bridge.isSwitch()) {
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
    lines.addAll(neighbours.forgotten(tap, null, bridge));
    lines.add("link delete dev " + name);
    try {
      ip.change("removing tap " + name, lines);
    } catch (ProblemException failed) {
      // That of a kernel that ended goes with its namespace, a moment later.
      if (ip.links(List.of(name.value())).containsKey(name.value())) {
        throw failed;
      }
    }
  }

  /**
   * Reads what the host's neighbour table has to forget once ports are gone: where a kernel has a
   * namespace of its own they go with it, and with them the marks that say it.
   */
  List<String> farewell(Collection<InterfaceName> taps) {
    List<String> names = taps.stream().map(InterfaceName::value).toList();
    Map<String, Link> ports = names.isEmpty() ? Map.of() : ip.links(names);
    List<String> bridges =
        ports.values().stream().map(Link::master).filter(Objects::nonNull).distinct().toList();
    Map<String, Link> found = bridges.isEmpty() ? Map.of() : ip.links(bridges);
    return ports.values().stream()
        .filter(Link::isPort)
        .flatMap(port -> neighbours.forgotten(port, null, found).stream())
        .toList();
  }
}
