package dev.fjord.host.linux.network;

import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Isolation;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.SpoofKind;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What guests may put on the wire: {@code table bridge fjord}. The rules, {@code bridge.nft}, are
 * the same whatever there is to filter; sets say which port has which addresses, so that a frame
 * costs as much with 200 ports as with one.
 */
final class BridgeTable {
  /**
   * The group of every tap that fjord makes (IFLA_GROUP), "fjor" in ASCII. A kernel that shuts down
   * may still hold open a tap that is no longer an instance's port: nothing that it sends passes.
   */
  static final long GROUP = 0x666a6f72;

  private static final String RULES = rules();

  /** Sources that no router passes on (RFC 6890). */
  private static final List<String> NEVER4 =
      List.of("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0-255.255.255.255");

  private static final List<String> NEVER6 = List.of("::/96", "fe80::/10", "ff00::/8");

  private static final String FROM = "type ifname . ether_addr";

  private final Map<ResourceName, Switch> switches;
  private final List<FilteredPort> ports;
  private final List<FilteredPort> held;
  private final SpoofCounts counts;

  private BridgeTable(Filters filters, SpoofCounts counts) {
    this.switches =
        filters.switches().stream().collect(Collectors.toMap(Switch::name, Function.identity()));
    this.ports = filters.ports();
    this.held = ports.stream().filter(this::isFiltered).toList();
    this.counts = counts;
  }

  /**
   * The text between the braces of the table.
   *
   * @param counts what was dropped so far: its counters go on from there
   */
  static String of(Filters filters, SpoofCounts counts) {
    BridgeTable table = new BridgeTable(filters, counts);
    return table.own()
        + table.counters()
        + table.apart()
        + table.behind("ipv4", "ip saddr", false)
        + table.behind("ipv6", "ip6 saddr", true)
        + table.behind("arp", "arp saddr ip", false)
        + RULES;
  }

  private String own() {
    return block("set ports", "type ifname", each(held, this::tap))
        + block("set trusted", "type ifname", trusted())
        + block("set macs", FROM, each(held, this::from))
        + block(
            "set arp_own",
            FROM + " . ether_addr . ipv4_addr",
            eachAddress4(
                (port, address) -> from(port) + " . " + port.lease().mac() + " . " + address))
        + block(
            "set ip_own",
            FROM + " . ipv4_addr",
            eachAddress4((port, address) -> from(port) + " . " + address))
        + block("set ip6_own", FROM + " . ipv6_addr", eachAddress6(Ipv6Address::toString))
        // nft(8) has words for these fields from 1.0.7 on.
        + block(
            "set targets_own",
            "typeof iifname . ether saddr . @th,64,128",
            eachAddress6(address -> "0x%016x%016x".formatted(address.high(), address.low())))
        + block(
            "set links_own",
            "typeof iifname . ether saddr . @th,208,48",
            each(held, p -> from(p) + " . 0x" + p.lease().mac().value().replace(":", "")));
  }

  /**
   * What a guest may send from beside its own addresses: the blocks that are behind it. A chain for
   * each guest that has any, which is asked only where an address is not its own.
   */
  private String behind(String what, String field, boolean six) {
    StringBuilder chains = new StringBuilder();
    List<String> ways = new ArrayList<>();
    for (FilteredPort port : held) {
      String admitted = admitted(port, six);
      if (admitted == null) {
        continue;
      }
      String chain = "behind_" + what + "_" + ways.size();
      ways.add(from(port) + " : goto " + chain);
      List<String> rules = new ArrayList<>();
      if (what.equals("arp")) {
        // From an address of its block a guest asks for its neighbours by that (arp_solicit() in
        // net/ipv4/arp.c), and by no other Ethernet address than its own.
        rules.add("arp saddr ether != " + port.lease().mac() + " goto spoof_arp");
      }
      rules.add(field + " " + admitted + " return");
      rules.add("goto spoof_" + what);
      chains.append(InetTable.chain(chain, "", rules));
    }
    List<String> rules = new ArrayList<>();
    if (!ways.isEmpty()) {
      rules.add("iifname . ether saddr vmap " + InetTable.set(ways, way -> way));
    }
    rules.add("goto spoof_" + what);
    return chains + InetTable.chain("foreign_" + what, "", rules);
  }

  /**
   * What a guest may be sending beside what is its own; null for nothing. The router of a switch
   * sends there what it has from anywhere else, and nothing as one of its neighbours.
   */
  private @Nullable String admitted(FilteredPort port, boolean six) {
    Switch network = network(port);
    if (network != null && network.isRouter(port.instance(), port.owner())) {
      List<String> never = new ArrayList<>(six ? NEVER6 : NEVER4);
      if (!six) {
        never.add(network.subnet().toString());
      } else if (network.ipv6() != null) {
        never.add(network.ipv6().toString());
      } else {
        return null;
      }
      return "!= " + InetTable.set(never, one -> one);
    }
    List<IpPrefix> prefixes =
        port.prefixes().stream().filter(prefix -> prefix.isIpv6() == six).toList();
    return prefixes.isEmpty() ? null : InetTable.set(prefixes, prefix -> prefix);
  }

  /** Taps of fjord's on switches that are not filtered. */
  private Stream<String> trusted() {
    return Stream.concat(
        ports.stream().filter(port -> !isFiltered(port)).map(this::tap),
        switches.values().stream()
            .filter(network -> !network.traffic().filtered())
            .filter(network -> network.driver() == SwitchDriver.UML_SWITCH)
            .map(network -> quoted(network.daemonTap())));
  }

  /** Of a tap of one instance, whatever it sends from; behind a daemon, of an Ethernet address. */
  private String counters() {
    return block(
            "set spoofed",
            "type ifname; counter",
            held.stream()
                .filter(port -> !isBehind(port))
                .map(port -> tap(port) + counts.of(countOf(port)).text()))
        + block(
            "set spoofed_behind",
            FROM + "; counter",
            held.stream()
                .filter(this::isBehind)
                .map(port -> from(port) + counts.of(countOf(port)).text()))
        + tried("tried", "type ifname . mark", false)
        + tried("tried_behind", FROM + " . mark", true);
  }

  /** Filled by rules: what was tried, of each sender that is counted. */
  private String tried(String set, String type, boolean behind) {
    return block(
        "set " + set,
        type + "; size 65535; flags dynamic,timeout; counter",
        held.stream()
            .filter(port -> isBehind(port) == behind)
            .flatMap(port ->
                Stream.of(SpoofKind.values())
                    .filter(kind -> counts.of(countOf(port).ofKind(kind)).packets() > 0)
                    .map(kind ->
                        (behind ? from(port) : tap(port))
                            + " . "
                            + kind.mark()
                            + counts.of(countOf(port).ofKind(kind)).text())));
  }

  private String apart() {
    List<FilteredPort> byOwner = on(Isolation.PARTNERS);
    List<Owner> owners =
        byOwner.stream()
            .map(FilteredPort::owner)
            .distinct()
            .sorted(Comparator.comparing(Owner::toString))
            .toList();
    Function<FilteredPort, Integer> number = port -> owners.indexOf(port.owner()) + 1;
    return block("set alone", "type ifname", each(on(Isolation.ALL), this::tap))
        + block(
            "map owners",
            "type ifname : mark",
            each(byOwner, port -> tap(port) + " : " + number.apply(port)))
        + block(
            "set owned",
            "type ifname . mark",
            each(byOwner, port -> tap(port) + " . " + number.apply(port)));
  }

  private List<FilteredPort> on(Isolation isolation) {
    return ports.stream()
        .filter(port -> {
          Switch network = network(port);
          // A guest that is kept apart from the others still has a way out.
          return network != null
              && network.traffic().isolation() == isolation
              && !network.isRouter(port.instance(), port.owner());
        })
        .toList();
  }

  private @Nullable Switch network(FilteredPort port) {
    return switches.get(port.lease().network());
  }

  /** Whether the port is filtered; it is, too, on a switch that is no longer declared. */
  private boolean isFiltered(FilteredPort port) {
    Switch network = network(port);
    return network == null || network.traffic().filtered();
  }

  private boolean isBehind(FilteredPort port) {
    return port.behindDaemon() && network(port) != null;
  }

  /** What a port's drops are counted as. */
  private SpoofCounts.Key countOf(FilteredPort port) {
    Switch network = network(port);
    return isBehind(port) && network != null
        ? new SpoofCounts.Key(network.daemonTap(), port.lease().mac(), null)
        : new SpoofCounts.Key(port.lease().tap(), null, null);
  }

  /** Whose drops a key counts; the reverse of what the table was made with. */
  static Map<SpoofCounts.Key, ResourceName> countedAs(Filters filters) {
    BridgeTable table = new BridgeTable(filters, SpoofCounts.NONE);
    return table.held.stream()
        .collect(Collectors.toMap(table::countOf, FilteredPort::instance, (one, other) -> one));
  }

  private String tap(FilteredPort port) {
    return quoted(countOf(port).tap());
  }

  private String from(FilteredPort port) {
    return tap(port) + " . " + port.lease().mac();
  }

  private Stream<String> eachAddress4(BiFunction<FilteredPort, Ipv4Address, String> text) {
    return held.stream()
        .flatMap(
            port -> addresses(port, Ipv4Address.class).map(address -> text.apply(port, address)));
  }

  private static <T extends IpAddress> Stream<T> addresses(FilteredPort port, Class<T> version) {
    return port.lease().addresses().stream().filter(version::isInstance).map(version::cast);
  }

  private Stream<String> eachAddress6(Function<Ipv6Address, String> text) {
    return held.stream()
        .flatMap(port ->
            Stream.concat(
                    Stream.of(Ipv6Address.linkLocal(port.lease().mac())),
                    addresses(port, Ipv6Address.class))
                .map(address -> from(port) + " . " + text.apply(address)));
  }

  private static Stream<String> each(List<FilteredPort> of, Function<FilteredPort, String> text) {
    return of.stream().map(text);
  }

  /** Interface names hold no quote. */
  private static String quoted(InterfaceName name) {
    return "\"" + name + "\"";
  }

  private static String block(String what, String type, Stream<String> elements) {
    String all = elements.distinct().sorted().collect(Collectors.joining(",\n    "));
    return what
        + " {\n  "
        + type
        + "\n"
        + (all.isEmpty() ? "" : "  elements = {\n    " + all + "\n  }\n")
        + "}\n";
  }

  private static String rules() {
    try (InputStream in = BridgeTable.class.getResourceAsStream("bridge.nft")) {
      if (in == null) {
        throw new IllegalStateException("bridge.nft is not in this jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("GROUP", Long.toString(GROUP));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
