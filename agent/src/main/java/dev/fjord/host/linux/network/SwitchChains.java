package dev.fjord.host.linux.network;

import dev.fjord.model.Destination;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Isolation;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What passes between one switch and everything else, through the host.
 *
 * @param ports of this switch
 * @param others switches whose instances may come here
 */
record SwitchChains(Switch network, List<FilteredPort> ports, List<Switch> others) {
  SwitchChains {
    ports = List.copyOf(ports);
    others = List.copyOf(others);
  }

  /** Whether the host itself is guarded against guests of the switch. */
  static boolean guardsHost(Switch network) {
    return network.traffic().reach() != null || answersForNeighbours(network);
  }

  private static boolean answersForNeighbours(Switch network) {
    return network.traffic().throughHost() && network.ipv6() != null;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    if (network.traffic().reach() != null) {
      text.append(InetTable.chain("reach-" + network.name(), "", reach(network.traffic().reach())));
    }
    if (guardsHost(network)) {
      text.append(InetTable.chain("host-" + network.name(), "", host()));
    }
    text.append(InetTable.chain("to-" + network.name(), "", to()));
    text.append(InetTable.chain("from-" + network.name(), "", from()));
    return text.toString();
  }

  private static List<String> reach(List<Destination> reach) {
    List<String> rules = new ArrayList<>();
    for (Destination one : reach) {
      String rule = (one.to().indexOf(':') < 0 ? "ip" : "ip6") + " daddr " + one.to();
      if (one.protocol() != null) {
        String protocol = one.protocol().name().toLowerCase(Locale.ROOT);
        rule +=
            one.ports().isEmpty()
                ? " meta l4proto " + protocol
                : " " + protocol + " dport " + InetTable.set(one.ports(), range -> range);
      }
      rules.add(rule + " accept");
    }
    return rules;
  }

  /** Guests to the host. Without a list that is the business of the host's own firewall. */
  private List<String> host() {
    List<String> rules = new ArrayList<>();
    if (answersForNeighbours(network)) {
      // The host answers for neighbours (proxy_ndp), also to a guest that asks whether its own
      // address is free (RFC 4862, section 5.4): the host must not hear that question.
      rules.add("ip6 saddr :: icmpv6 type nd-neighbor-solicit drop");
    }
    if (network.traffic().reach() == null) {
      return rules;
    }
    rules.add("ct state established,related accept");
    rules.add("icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept");
    if (network.naming().served()) {
      rules.add(dns("ip daddr " + network.gateway()));
      if (network.ipv6() != null) {
        rules.add(dns("ip6 daddr " + network.ipv6().gateway()));
      }
    }
    rules.add("jump reach-" + network.name());
    rules.add("counter drop");
    return rules;
  }

  private static String dns(String gateway) {
    return gateway + " meta l4proto { tcp, udp } th dport 53 accept";
  }

  /** What the switch lets in, from others; what it does not forbid returns. */
  private List<String> to() {
    List<String> rules = new ArrayList<>();
    rules.add("iifname " + InetTable.quoted(network.bridge()) + " return");
    switch (network.traffic().uplink().mode()) {
      case NONE -> rules.add("counter drop");
      case NAT -> {
        if (!others.isEmpty()) {
          rules.add(
              "iifname "
                  + InetTable.set(others, other -> InetTable.quoted(other.bridge()))
                  + " return");
        }
        rules.add("ct state established,related return");
        rules.add("ct status dnat return");
        rules.add("counter drop");
      }
      case ROUTED, BRIDGED, EXISTING, INSTANCE -> {}
    }
    return rules;
  }

  /** What guests may send through the host. */
  private List<String> from() {
    List<String> rules = new ArrayList<>(between());
    rules.add(notFrom(false) + " counter drop");
    rules.add(
        network.ipv6() == null
            ? "meta nfproto ipv6 counter drop"
            : notFrom(true) + " counter drop");
    boolean alone = network.traffic().uplink().mode() == Uplink.Mode.NONE;
    String itself = "oifname " + InetTable.quoted(network.bridge());
    if (alone) {
      rules.add("oifname != " + InetTable.quoted(network.bridge()) + " counter drop");
    }
    if (network.traffic().isolation() != Isolation.NONE) {
      // What a neighbour shows the world, by a port of the host, it shows here as well.
      String published = network.traffic().reach() == null ? " ct status dnat accept" : "";
      if (network.traffic().throughHost()) {
        rules.add(itself + " accept");
      } else {
        if (!published.isEmpty()) {
          rules.add(itself + published);
        }
        rules.add(itself + " ct state established,related accept");
        rules.add(itself + " counter drop");
      }
    }
    if (network.traffic().reach() != null) {
      rules.add("ct state established,related accept");
      rules.add("jump reach-" + network.name());
      rules.add("counter drop");
    }
    return rules;
  }

  private String notFrom(boolean six) {
    return InetTable.from(network, ports, six).replaceFirst(" saddr ", " saddr != ");
  }

  /** Frames between neighbours, which are shown here by br_netfilter alone. */
  private List<String> between() {
    String itself = "oifname " + InetTable.quoted(network.bridge());
    if (network.traffic().isolation() == Isolation.NONE) {
      return List.of(itself + " accept");
    }
    if (ports.isEmpty()) {
      return List.of();
    }
    return List.of(
        itself + " ether daddr " + InetTable.set(ports, port -> port.lease().mac()) + " accept");
  }
}
