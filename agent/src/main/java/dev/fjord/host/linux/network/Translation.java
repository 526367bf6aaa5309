package dev.fjord.host.linux.network;

import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.PortForward;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Ports of the host that lead to guests, and subnets that hide behind the host.
 *
 * @param routed the switches that the host is the gateway of
 */
record Translation(Filters filters, List<Switch> routed) {
  Translation {
    routed = List.copyOf(routed);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    List<String> four = new ArrayList<>();
    List<String> six = new ArrayList<>();
    Set<ResourceName> known = routed.stream().map(Switch::name).collect(Collectors.toSet());
    for (FilteredPort port : filters.ports()) {
      if (!known.contains(port.lease().network())) {
        continue; // Its switch is refused: the port is the host's.
      }
      for (PortForward forward : port.forwards()) {
        String from =
            forward.protocol().name().toLowerCase(Locale.ROOT) + " . " + forward.host() + " : ";
        four.add(from + port.lease().address() + " . " + forward.guest());
        if (port.lease().address6() != null) {
          six.add(from + port.lease().address6() + " . " + forward.guest());
        }
      }
    }
    text.append(map("forwards", "ipv4_addr", four)).append(map("forwards6", "ipv6_addr", six));
    List<String> rules = new ArrayList<>();
    if (!four.isEmpty()) {
      // An answer to 127.0.0.1 cannot come from beyond the host, and what listens there is private.
      rules.add(
          "ip daddr != 127.0.0.0/8 fib daddr type local dnat ip to meta l4proto . th dport map"
              + " @forwards");
    }
    if (!six.isEmpty()) {
      rules.add(
          "ip6 daddr != ::1 fib daddr type local dnat ip6 to meta l4proto . th dport map"
              + " @forwards6");
    }
    text.append(
        InetTable.chain(
            "arriving", "type nat hook prerouting priority dstnat; policy accept;", rules));
    text.append(
        InetTable.chain("own", "type nat hook output priority -100; policy accept;", rules));
    text.append(
        InetTable.chain(
            "leaving",
            "type nat hook postrouting priority srcnat; policy accept;",
            routed.stream().flatMap(network -> leaving(network).stream()).toList()));
    return text.toString();
  }

  private static String map(String name, String address, List<String> elements) {
    return elements.isEmpty()
        ? ""
        : "  map %s {\n    type inet_proto . inet_service : %s . inet_service\n    elements = %s\n  }\n"
            .formatted(name, address, InetTable.set(elements, element -> element));
  }

  /**
   * A guest answers other networks by its default route. To what comes in by another interface of
   * its own it would answer from the wrong one, so the gateway's address there takes the place of
   * the sender's.
   */
  private List<String> besideDefaultRoute(Switch network, String bridge) {
    List<FilteredPort> beside =
        filters.ports().stream()
            .filter(port -> port.lease().network().equals(network.name()))
            .filter(port -> !port.defaultRoute() && !port.forwards().isEmpty())
            .toList();
    List<Ipv6Address> sixes =
        beside.stream().map(port -> port.lease().address6()).filter(Objects::nonNull).toList();
    String rest = " oifname " + bridge + " ct status dnat masquerade";
    List<String> rules = new ArrayList<>();
    if (!beside.isEmpty()) {
      rules.add("ip daddr " + InetTable.set(beside, port -> port.lease().address()) + rest);
    }
    if (!sixes.isEmpty()) {
      rules.add("ip6 daddr " + InetTable.set(sixes, address -> address) + rest);
    }
    return rules;
  }

  /**
   * A guest that reaches its neighbour by a port of the host must get the answers from the host; on
   * fjord's other switches answers find the way back, and the sender's address is left as it is.
   */
  private List<String> leaving(Switch network) {
    List<String> rules = new ArrayList<>();
    String bridge = InetTable.quoted(network.bridge());
    List<FilteredPort> own =
        filters.ports().stream()
            .filter(port -> port.lease().network().equals(network.name()))
            .toList();
    String fours = InetTable.from(network, own, false);
    String sixes = network.ipv6() == null ? null : InetTable.from(network, own, true);
    rules.addAll(besideDefaultRoute(network, bridge));
    rules.add(fours + " oifname " + bridge + " ct status dnat masquerade");
    if (sixes != null) {
      rules.add(sixes + " oifname " + bridge + " ct status dnat masquerade");
    }
    if (network.traffic().uplink().mode() == Uplink.Mode.NAT) {
      String outside =
          " oifname != { \"lo\", "
              + InetTable.set(routed, other -> InetTable.quoted(other.bridge())).substring(2);
      rules.add(fours + outside + " masquerade");
      if (sixes != null) {
        rules.add(sixes + outside + " masquerade");
      }
    }
    return rules;
  }
}
