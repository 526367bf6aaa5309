package dev.fjord.host.linux.network;

import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the host's kernel has to forget of connections when filters change, as lines of
 * conntrack(8). Pure: equal filters give equal lines.
 *
 * <p>Where packets lead is decided once for each connection, by its first packet (nf_nat_inet_fn()
 * in net/netfilter/nf_nat_core.c), and kept for as long as any come: a UDP client that goes on
 * sending goes on reaching the guest that had the port before, or the host itself, and an
 * established TCP connection passes where new ones are refused. So the entries that a change
 * concerns are deleted, and no others; the next packet is judged anew.
 *
 * <ul>
 *   <li>A port that leads elsewhere now, or nowhere: what came by it to its old guest.
 *   <li>A port that is new: UDP that came to the host itself. TCP is judged anew at each connect.
 *   <li>An address, or a block behind it, that its instance no longer has: all that is from it or
 *       to it.
 *   <li>A switch that hides its guests now, or lets them reach less: what they began.
 * </ul>
 */
final class OldConnections {
  private final List<IpAddress> own;
  private final List<String> lines = new ArrayList<>();

  private OldConnections(Collection<IpAddress> own) {
    this.own = List.copyOf(own);
  }

  /**
   * The lines, none where nothing has to be forgotten.
   *
   * @param before what was set last; null where that is not known, since the host was started
   * @param inForce whether that was in force until now. Where it was not, a port may have led
   *     nowhere for a while
   * @param own the host's addresses
   */
  static List<String> lines(
      @Nullable Filters before, boolean inForce, Filters after, Collection<IpAddress> own) {
    OldConnections old = new OldConnections(own);
    Set<Way> ways = ways(after);
    if (before != null) {
      ways(before).stream().filter(way -> !ways.contains(way)).sorted().forEach(old::withdrawn);
      Set<Holding> kept = holdings(after);
      holdings(before).stream().filter(one -> !kept.contains(one)).sorted().forEach(old::left);
      Map<ResourceName, Switch> switches =
          after.switches().stream().collect(Collectors.toMap(Switch::name, Function.identity()));
      before
          .switches()
          .forEach(then -> old.narrowed(then, switches.get(then.name()), blocks(before, then)));
    }
    Set<Way> led = before == null || !inForce ? Set.of() : ways(before);
    ways.stream().filter(way -> !led.contains(way)).sorted().forEach(old::added);
    return old.lines;
  }

  /** By which a port of the host leads to a guest. */
  private record Way(Protocol protocol, int port, IpAddress guest, int guestPort)
      implements Comparable<Way> {
    @Override
    public int compareTo(Way other) {
      return toString().compareTo(other.toString());
    }

    private String from() {
      return family(guest)
          + " -p "
          + protocol.name().toLowerCase(Locale.ROOT)
          + " --orig-port-dst "
          + port;
    }
  }

  /**
   * What an instance sends from.
   *
   * @param block of one address, too
   */
  private record Holding(ResourceName instance, IpPrefix block) implements Comparable<Holding> {
    @Override
    public int compareTo(Holding other) {
      return toString().compareTo(other.toString());
    }
  }

  private static Set<Way> ways(Filters filters) {
    Set<Way> ways = new HashSet<>();
    for (FilteredPort port : filters.ports()) {
      for (PortForward one : port.forwards()) {
        addresses(port)
            .forEach(to -> ways.add(new Way(one.protocol(), one.host(), to, one.guest())));
      }
    }
    return ways;
  }

  private static Set<Holding> holdings(Filters filters) {
    return filters.ports().stream()
        .flatMap(port ->
            Stream.concat(
                    port.lease().addresses().stream().map(IpPrefix::of), port.prefixes().stream())
                .map(one -> new Holding(port.instance(), one)))
        .collect(Collectors.toSet());
  }

  private static Stream<IpAddress> addresses(FilteredPort port) {
    return Stream.concat(
        Stream.of(port.lease().address()), Stream.ofNullable(port.lease().address6()));
  }

  private static String family(IpAddress address) {
    return "-D -f " + (address instanceof Ipv6Address ? "ipv6" : "ipv4");
  }

  private void withdrawn(Way way) {
    lines.add(way.from() + " --dst-nat " + way.guest + " --reply-port-src " + way.guestPort);
  }

  /**
   * Forgets connections to the host itself, which were not translated: the host answers from the
   * address that was asked.
   */
  private void added(Way way) {
    if (way.protocol == Protocol.UDP) {
      own.stream()
          .filter(address -> family(address).equals(family(way.guest)))
          .forEach(address ->
              lines.add(way.from() + " --orig-dst " + address + " --reply-src " + address));
    }
  }

  private void left(Holding holding) {
    String family = family(holding.block.address());
    lines.add(family + " --orig-src " + words(holding.block));
    lines.add(family + " --orig-dst " + words(holding.block));
  }

  private static String words(IpPrefix block) {
    return block.isSingle() ? block.address().toString() : block.toString();
  }

  private void narrowed(Switch then, @Nullable Switch now, List<IpPrefix> blocks) {
    if (now == null) {
      return;
    }
    boolean hides = isHiding(now.traffic()) && !isHiding(then.traffic());
    if (hides || reachesLess(then.traffic(), now.traffic())) {
      subnets(then, blocks, "--orig-src");
    }
    if (hides) {
      subnets(then, blocks, "--orig-dst");
    }
  }

  private static boolean isHiding(Traffic traffic) {
    return traffic.uplink().mode() == Uplink.Mode.NAT;
  }

  private static boolean reachesLess(Traffic then, Traffic now) {
    return then.throughHost() && !now.throughHost()
        || now.reach() != null && (then.reach() == null || !now.reach().containsAll(then.reach()));
  }

  /** Behind guests of a switch. */
  private static List<IpPrefix> blocks(Filters filters, Switch network) {
    return filters.ports().stream()
        .filter(port -> port.lease().network().equals(network.name()))
        .flatMap(port -> port.prefixes().stream())
        .sorted()
        .toList();
  }

  private void subnets(Switch then, List<IpPrefix> blocks, String end) {
    lines.add("-D -f ipv4 " + end + " " + then.subnet());
    if (then.ipv6() != null) {
      lines.add("-D -f ipv6 " + end + " " + then.ipv6());
    }
    blocks.forEach(block -> lines.add(family(block.address()) + " " + end + " " + words(block)));
  }
}
