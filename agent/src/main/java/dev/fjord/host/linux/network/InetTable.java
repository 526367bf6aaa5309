package dev.fjord.host.linux.network;

import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What passes through the host, as {@code table inet fjord} of nft(8). Pure: equal filters give
 * equal text. Packets that have nothing to do with a switch are let through; for the others this
 * table only ever says no, so what the host's own firewall forbids stays forbidden.
 *
 * <p>A rule for each switch, and maps for its ports: what 200 instances cost is one look-up. Frames
 * between guests, which the host does not route, are the bridge table's business. Where
 * br_netfilter shows them to this table all the same, they are known by a guest's Ethernet address
 * as the destination: one that is routed bears the bridge's.
 */
final class InetTable {
  private final Filters filters;
  private final Map<ResourceName, List<FilteredPort>> ports;

  private InetTable(Filters filters) {
    this.filters = filters;
    this.ports = new HashMap<>();
    for (FilteredPort port : filters.ports()) {
      ports.computeIfAbsent(port.lease().network(), none -> new ArrayList<>()).add(port);
    }
  }

  /** The text between the braces of the table. */
  static String of(Filters filters) {
    return new InetTable(filters).text();
  }

  private String text() {
    List<String> parts = new ArrayList<>();
    parts.add(output());
    parts.add(sources());
    routed()
        .forEach(
            network -> parts.add(new SwitchChains(network, of(network), others(network)).text()));
    parts.add(input());
    parts.add(forward());
    parts.add(new Translation(filters, routed()).text());
    return String.join("", parts);
  }

  /** Those that the host is the gateway of. */
  private List<Switch> routed() {
    return filters.switches().stream().filter(Switch::isRoutedByHost).toList();
  }

  /** The blocks behind guests of a switch. */
  private List<IpPrefix> behind(Switch network) {
    return of(network).stream().flatMap(port -> port.prefixes().stream()).sorted().toList();
  }

  /**
   * The bridges on which packets of a block are seen: that of the guest that it is behind, and that
   * of the switch that this guest is the router of, whose frames br_netfilter shows here.
   */
  private List<String> places(IpPrefix prefix, Switch network) {
    return filters.switches().stream()
        .filter(other ->
            other.name().equals(network.name())
                || !other.isRoutedByHost()
                    && (IpPrefix.of(other.subnet()).overlaps(prefix)
                        || other.ipv6() != null && IpPrefix.of(other.ipv6()).overlaps(prefix)))
        .map(other -> quoted(other.bridge()))
        .toList();
  }

  private static String protocol(IpPrefix prefix) {
    return prefix.isIpv6() ? "ip6" : "ip";
  }

  /** Where packets of a switch's guests may be from, as a rule begins with it. */
  static String from(Switch network, List<FilteredPort> ports, boolean six) {
    List<String> sources = new ArrayList<>();
    sources.add(six ? String.valueOf(network.ipv6()) : network.subnet().toString());
    ports.stream()
        .flatMap(port -> port.prefixes().stream())
        .filter(prefix -> prefix.isIpv6() == six)
        .map(IpPrefix::toString)
        .sorted()
        .forEach(sources::add);
    return (six ? "ip6" : "ip")
        + " saddr "
        + (sources.size() == 1 ? sources.get(0) : set(sources, source -> source));
  }

  private List<FilteredPort> of(Switch network) {
    return ports.getOrDefault(network.name(), List.of());
  }

  /** The other switches from whose bridges guests may send here. */
  private List<Switch> others(Switch network) {
    return routed().stream()
        .filter(other -> !other.name().equals(network.name()))
        .filter(other -> other.traffic().uplink().mode() != Uplink.Mode.NONE)
        .toList();
  }

  /**
   * Kernels are processes of the host's network namespace. They hold taps and open no sockets; a
   * guest that has taken over its kernel would open them to services on the host's own loopback.
   * And a guest that the host redirects to a shorter way loses its connection where neighbours are
   * kept apart.
   */
  private String output() {
    UidRange uids = filters.uids();
    List<String> rules = new ArrayList<>();
    rules.add(
        "meta skuid %d-%d counter drop".formatted(uids.first(), uids.first() + uids.count() - 1));
    if (!routed().isEmpty()) {
      String bridges = set(routed(), network -> quoted(network.bridge()));
      rules.add("oifname " + bridges + " icmp type redirect drop");
      rules.add("oifname " + bridges + " icmpv6 type nd-redirect drop");
    }
    return chain("output", "type filter hook output priority filter; policy accept;", rules);
  }

  /** Only machines on a switch may have its addresses. */
  private String sources() {
    List<String> rules = new ArrayList<>();
    for (Switch network : filters.switches()) {
      if (network.traffic().uplink().router() != null && !of(network).isEmpty()) {
        // Frames between its guests, which br_netfilter shows here: a router among them passes on
        // what is from anywhere, and what it may is the bridge table's business.
        rules.add(
            "iifname %s ether daddr %s accept"
                .formatted(quoted(network.bridge()), set(of(network), port -> port.lease().mac())));
      }
    }
    for (Switch network : routed()) {
      String elsewhere = " iifname != { \"lo\", " + quoted(network.bridge()) + " } counter drop";
      rules.add("ip saddr " + network.subnet() + elsewhere);
      if (network.ipv6() != null) {
        rules.add("ip6 saddr " + network.ipv6() + elsewhere);
      }
      for (IpPrefix prefix : behind(network)) {
        rules.add(protocol(prefix) + " saddr " + prefix + elsewhere);
      }
    }
    return chain("sources", "type filter hook prerouting priority raw; policy accept;", rules);
  }

  private String input() {
    return chain(
        "input",
        "type filter hook input priority filter; policy accept;",
        jumps("iifname", routed().stream().filter(SwitchChains::guardsHost).toList(), "host"));
  }

  /** First what the destination lets in, then what the source lets out. */
  private String forward() {
    List<String> rules = new ArrayList<>();
    if (!routed().isEmpty()) {
      // First, since others accept: what TCP is to send in one piece fits the way there and back.
      String bridges = set(routed(), network -> quoted(network.bridge()));
      for (String way : List.of("iifname ", "oifname ")) {
        rules.add(
            way + bridges + " tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu");
      }
    }
    for (Switch network : routed()) {
      // Where its route is missing it would leave by the default one, and come back, and leave
      // again.
      for (IpPrefix prefix : behind(network)) {
        rules.add(
            "%s daddr %s oifname != %s counter drop"
                .formatted(protocol(prefix), prefix, set(places(prefix, network), one -> one)));
      }
    }
    rules.addAll(jumps("oifname", routed(), "to"));
    rules.addAll(jumps("iifname", routed(), "from"));
    return chain("forward", "type filter hook forward priority filter; policy accept;", rules);
  }

  private static List<String> jumps(String key, List<Switch> switches, String chain) {
    return switches.isEmpty()
        ? List.of()
        : List.of(
            key
                + " vmap "
                + set(
                    switches,
                    network ->
                        quoted(network.bridge()) + " : jump " + chain + "-" + network.name()));
  }

  static String quoted(Object name) {
    return "\"" + name + "\"";
  }

  static <T> String set(List<T> values, Function<T, ?> word) {
    return values.stream()
        .map(value -> Objects.toString(word.apply(value)))
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  /**
   * @param hook empty for a chain that others jump to
   */
  static String chain(String name, String hook, List<String> rules) {
    StringBuilder text = new StringBuilder("  chain " + name + " {\n");
    if (!hook.isEmpty()) {
      text.append("    ").append(hook).append('\n');
    }
    rules.forEach(rule -> text.append("    ").append(rule).append('\n'));
    return text.append("  }\n").toString();
  }
}
