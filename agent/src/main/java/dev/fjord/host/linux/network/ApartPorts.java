package dev.fjord.host.linux.network;

import dev.fjord.host.linux.uml.Connector;
import dev.fjord.host.linux.uml.Polling;
import dev.fjord.model.Digest;
import dev.fjord.model.InterfaceName;
import dev.fjord.plan.Step;
import dev.fjord.problem.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Ports of kernels that have a network namespace of their own: one end of a veth(4) on the host, in
 * the switch's bridge; the other end in the kernel's namespace, joined with a tap by a bridge that
 * does nothing else. So the kernel finds a tap as ever, nothing that the holder of a tap can do to
 * it reaches the host's bridge, and all of it is deleted with the namespace.
 *
 * <p>A guest may leave a checksum to be written later, and say where (struct virtio_net_hdr). The
 * host would write it when the frame leaves, behind all filters, over any two bytes of it. Here the
 * inner end of the veth has no checksums of its own to write, so the kernel does it before the
 * frame comes to the host (skb_checksum_help() in net/core/dev.c), and what a filter sees is what
 * leaves.
 */
final class ApartPorts {
  private static final Duration FORWARDS = Duration.ofSeconds(10);
  private static final Path IPV6 = Path.of("/proc/sys/net/ipv6");

  private final IpCommand ip;

  ApartPorts(IpCommand ip) {
    this.ip = ip;
  }

  /**
   * Lays what is missing of an instance's ports. On the host they come out under their unfinished
   * names, down, for {@link Ports} to put in their place: what is in its place is complete.
   */
  void lay(Step.ConnectPorts step, Connector.Place where) {
    List<InterfaceName> taps =
        step.ports().stream().filter(port -> !port.daemon()).map(Step.Port::tap).toList();
    if (taps.isEmpty()) {
      return;
    }
    Map<String, Link> found =
        where.empty() ? Map.of() : ip.links(taps.stream().map(InterfaceName::value).toList());
    // Those that are there may be of another size by now.
    List<String> resized =
        step.ports().stream()
            .filter(port -> !where.empty() && isApart(found, port.tap()))
            .flatMap(port -> sized(port).stream())
            .toList();
    if (!resized.isEmpty()) {
      ip.changeIn(where.pid(), "resizing the ports of " + step.instance(), resized);
    }
    List<Wire> missing =
        step.ports().stream()
            .filter(port -> !port.daemon() && !isApart(found, port.tap()))
            .map(port -> new Wire(port.tap(), step.uid(), true, port.mtu()))
            .toList();
    lay(step.instance().value(), missing, where);
  }

  /** The same, of what a switch's daemon is to open. */
  void lay(InterfaceName tap, int uid, Connector.Place where) {
    lay(tap.value(), List.of(new Wire(tap, uid, false, 0)), where);
  }

  /**
   * One port.
   *
   * @param header whether the program that opens it puts a struct virtio_net_hdr before each frame
   * @param mtu 0 for the usual one
   */
  private record Wire(InterfaceName tap, int uid, boolean header, int mtu) {}

  private void lay(String whose, List<Wire> wires, Connector.Place where) {
    List<String> lines = wires.stream().flatMap(wire -> lines(wire, where).stream()).toList();
    if (lines.isEmpty()) {
      return;
    }
    String tried = "laying the ports of " + whose;
    List<String> inner = wires.stream().map(wire -> end(wire.tap())).toList();
    List<String> outer = wires.stream().map(wire -> Links.unfinished(wire.tap())).toList();
    try {
      ip.lay(where.pid(), tried, lines, inner, outer);
    } catch (ProblemException left) {
      // A killed run may have left an interface under that name, whose other end goes, too; or an
      // earlier user of a shared namespace may have left one.
      wires.forEach(wire -> forgetUnfinished(wire.tap()));
      if (where.empty()) {
        wires.stream()
            .flatMap(wire -> Stream.of(end(wire.tap()), bridge(wire.tap()), wire.tap().value()))
            .forEach(device -> ip.forgetIn(where.pid(), device));
      }
      ip.lay(where.pid(), tried, lines, inner, outer);
    }
  }

  /**
   * Returns once the bridges send to these ports: a bridge learns of a carrier up to a second late
   * (net/core/link_watch.c). A kernel that has yet to boot takes longer than that.
   */
  void awaitForwarding(Step.ConnectPorts step) {
    step.ports().stream()
        .filter(port -> !port.daemon())
        .forEach(port ->
            Polling.until(
                FORWARDS, () -> ip.stateInBridge(port.tap().value()).equals("forwarding")));
  }

  private static boolean isApart(Map<String, Link> found, InterfaceName tap) {
    Link there = found.get(tap.value());
    return there != null && there.isPort() && !there.isTap();
  }

  private void forgetUnfinished(InterfaceName tap) {
    String unfinished = Links.unfinished(tap);
    if (ip.links(List.of(unfinished)).containsKey(unfinished)) {
      ip.change("removing " + unfinished, List.of("link delete dev " + unfinished));
    }
  }

  /** From the tap outwards, all that is in the kernel's namespace. */
  private static List<String> sized(Step.Port port) {
    return sized(port.tap(), port.mtu());
  }

  private static List<String> sized(InterfaceName tap, int mtu) {
    return Stream.of(tap.value(), bridge(tap), end(tap))
        .map(device -> "link set dev " + device + " mtu " + mtu)
        .toList();
  }

  /** The pair comes first: where that fails nothing was made. */
  private List<String> lines(Wire wire, Connector.Place where) {
    List<String> lines = new ArrayList<>();
    InterfaceName tap = wire.tap();
    String end = end(tap);
    String bridge = bridge(tap);
    lines.add(
        "link add dev %s type veth peer name %s netns %s"
            .formatted(end, Links.unfinished(tap), ip.namespace()));
    List<String> made = new ArrayList<>(List.of(end));
    if (where.empty()) {
      lines.add("link add dev " + bridge + " type bridge ageing_time 0 mcast_snooping 0");
      String header = wire.header() ? " vnet_hdr" : "";
      lines.add("tuntap add dev " + tap + " mode tap user " + wire.uid() + header);
      made.addAll(List.of(bridge, tap.value()));
    }
    if (Files.exists(IPV6)) {
      // None of them has an address, and none may speak to the guest or to its neighbours.
      made.forEach(device -> lines.add("link set dev " + device + " addrgenmode none"));
    }
    made.stream()
        .filter(device -> !device.equals(bridge))
        .forEach(device -> lines.add("link set dev " + device + " master " + bridge + " up"));
    if (wire.mtu() > 0) {
      lines.addAll(sized(tap, wire.mtu()));
    }
    if (where.empty()) {
      lines.add("link set dev " + bridge + " up");
    }
    return lines;
  }

  private static String end(InterfaceName tap) {
    return "e-" + brief(tap);
  }

  private static String bridge(InterfaceName tap) {
    return "b-" + brief(tap);
  }

  private static String brief(InterfaceName tap) {
    return Digest.ofText(tap.value()).hex().substring(0, 8);
  }
}
