package dev.fjord.host.linux.network;

import dev.fjord.host.linux.uml.Connector;
import dev.fjord.model.BlockRoute;
import dev.fjord.model.Daemon;
import dev.fjord.model.Digest;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Layout;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Routing;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bridges and taps of a network namespace. Only what bears fjord's {@link Mark} is changed.
 *
 * <p>The kernel cannot make an interface and mark it in one call (rtnl_create_link takes no alias,
 * TUNSETIFF neither). So both are made under an {@link #unfinished} name, marked, and only then
 * renamed: under its final name an interface is marked or not fjord's, whenever the agent dies. An
 * {@code InterfaceName} cannot hold the {@code ~} of an unfinished name, so no document can ask for
 * it, and whatever bears one is fjord's to remove. Steps about different resources may run side by
 * side: each has an unfinished name of its own.
 */
public final class Links {
  private final IpCommand ip;
  private final Switches switches;
  private final Ports ports;
  private final KernelSettings settings;
  private final TokenBuckets limits;
  private final BridgedUplink uplinks;

  /** Of this process's network namespace. */
  public Links(Layout layout) {
    this(List.of(), layout.uplinks());
  }

  /**
   * @param prefix as of {@link IpCommand}
   * @param uplinks where is written down what uplinks had before they became ports; null for
   *     nowhere
   */
  public Links(List<String> prefix, @Nullable Path uplinks) {
    this.ip = new IpCommand(prefix);
    this.uplinks = new BridgedUplink(ip, uplinks);
    this.switches = new Switches(ip, this.uplinks);
    this.ports = new Ports(ip);
    this.settings = new KernelSettings(ip);
    this.limits = new TokenBuckets(ip);
  }

  /**
   * What the namespace holds, by name; interfaces whose names no document can hold are left out.
   *
   * @param bridges every interface that is no tap: any can stand where a bridge is wanted
   * @param ports every tap, and every veth that is fjord's
   * @param held taps that some process holds open, and veths whose other end is up
   * @param apart ports that are veths, and lead into a kernel's own namespace
   */
  public record Seen(
      List<ObservedBridge> bridges,
      List<ObservedPort> ports,
      Set<InterfaceName> held,
      Set<InterfaceName> apart) {
    public Seen {
      apart = Set.copyOf(apart);
      bridges = List.copyOf(bridges);
      ports = List.copyOf(ports);
      held = Set.copyOf(held);
    }
  }

  /**
   * Looks at all interfaces, in a call of ip(8), bridge(8) and tc(8) each for all of them.
   *
   * @throws dev.fjord.problem.ProblemException when that failed: unknown is not absent
   */
  public Seen observe() {
    return seen(find());
  }

  /**
   * What programs report of a namespace, and the kernel gives {@link Monitors hints} of.
   *
   * @param stations by the tap that they are behind
   * @param leavesBy the interfaces of default routes
   * @param routes to blocks behind machines, those of fjord
   */
  record Found(
      Map<String, Link> links,
      List<BlockRoute> routes,
      Map<String, Rate> rates,
      Map<String, Set<MacAddress>> stations,
      List<String> leavesBy) {}

  /** Asks the programs. */
  Found find() {
    Aside<Map<String, Set<MacAddress>>> stations = Aside.begin(() -> Forwarding.observe(ip));
    Aside<List<String>> defaults = Aside.begin(ip::leavesBy);
    List<BlockRoute> routes = new ArrayList<>();
    Map<String, Link> links = ip.links(routes::add);
    Map<String, Rate> rates =
        links.values().stream().anyMatch(Link::limited) ? limits.observe() : Map.of();
    return new Found(links, routes, rates, stations.seen(), defaults.seen());
  }

  /** With what is said by files, of which there are no hints. */
  Seen seen(Found found) {
    List<ObservedBridge> bridges = new ArrayList<>();
    List<ObservedPort> taps = new ArrayList<>();
    Set<InterfaceName> held = new HashSet<>();
    Set<InterfaceName> apart = new HashSet<>();
    Map<String, Link> links = found.links();
    Map<String, Rate> rates = found.rates();
    Map<String, Map<String, String>> said =
        settings.read(links.values().stream().filter(link -> !link.leadsToGuests()).toList());
    List<String> leavesBy = found.leavesBy();
    Map<String, Set<MacAddress>> known = found.stations();
    links.values().stream()
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .forEach(link -> {
          InterfaceName name = nameOf(link.name());
          if (name != null && link.leadsToGuests()) {
            InterfaceName master = link.master() == null ? null : nameOf(link.master());
            Rate rate = rates.get(link.name());
            ResourceName daemon = link.isDaemonPort() ? daemonOf(link) : null;
            taps.add(
                new ObservedPort(
                    name,
                    markOf(link),
                    daemon,
                    master,
                    link.up(),
                    rate,
                    known.getOrDefault(link.name(), Set.of()),
                    link.mtu()));
            if (link.inUse()) {
              held.add(name);
            }
            if (!link.isTap()) {
              apart.add(name);
            }
          } else if (name != null) {
            bridges.add(
                new ObservedBridge(
                    name,
                    markOf(link),
                    link.up(),
                    link.addresses(),
                    routing(
                        link,
                        leavesBy,
                        said.getOrDefault(link.name(), Map.of()),
                        links,
                        found.routes().stream()
                            .filter(one -> one.bridge().equals(name))
                            .toList())));
          }
        });
    return new Seen(bridges, taps, held, apart);
  }

  private Routing routing(
      Link link,
      List<String> leavesBy,
      Map<String, String> said,
      Map<String, Link> links,
      List<BlockRoute> routes) {
    InterfaceName uplink = link.isSwitch() ? uplinks.of(link.name()) : null;
    Link port = uplink == null ? null : links.get(uplink.value());
    return new Routing(
        link.master() == null ? null : nameOf(link.master()),
        !leavesBy.isEmpty() && leavesBy.get(0).equals(link.name()),
        port != null && link.name().equals(port.master()) ? uplink : null,
        link.addresses6(),
        said,
        link.mtu(),
        routes,
        link.isBridge());
  }

  private static @Nullable ResourceName markOf(Link link) {
    Mark mark = link.mark();
    return mark != null && (link.isPort() || link.isSwitch()) ? mark.name() : null;
  }

  private static @Nullable ResourceName daemonOf(Link link) {
    return link.mark() == null ? null : link.mark().name();
  }

  private static @Nullable InterfaceName nameOf(String name) {
    try {
      return new InterfaceName(name);
    } catch (IllegalArgumentException noDocumentCanSayIt) {
      return null;
    }
  }

  /** Makes or mends a bridge; see {@link Switches#setUp}. */
  public void setUpSwitch(Step.SetUpSwitch step) {
    switches.setUp(step);
  }

  /** Sets the routes that bear fjord's mark; see {@link BlockRoutes#set}. */
  public void setRoutes(Step.SetRoutes step) {
    new BlockRoutes(ip).set(step);
  }

  /** Removes a bridge, if it is this switch's; see {@link Switches#remove}. */
  public void removeSwitch(Step.RemoveSwitch step) {
    switches.remove(step);
  }

  /**
   * Makes or mends an instance's ports; see {@link Ports#connect}.
   *
   * @param where the network namespace of its kernel; null for this one
   */
  public void connect(Step.ConnectPorts step, Connector.@Nullable Place where) {
    ports.connect(step, where);
  }

  /** Makes or mends the ports of an instance whose kernel is in this namespace, or will be. */
  public void connect(Step.ConnectPorts step) {
    connect(step, null);
  }

  /**
   * Makes or mends the port of a switch's daemon; see {@link DaemonPorts#connect}.
   *
   * @param where the network namespace of the daemon; null for this one
   */
  public void connect(Daemon daemon, InterfaceName tap, Connector.@Nullable Place where) {
    new DaemonPorts(ip).connect(daemon, tap, where);
  }

  /** What {@link #forget} is to do when an instance with these ports has ended. */
  public List<String> farewell(Collection<InterfaceName> taps) {
    return ports.farewell(taps);
  }

  /** Takes the addresses of an instance that has ended out of the host's neighbour table. */
  public void forget(ResourceName instance, List<String> farewell) {
    if (!farewell.isEmpty()) {
      ip.change("forgetting the addresses of " + instance, farewell);
    }
  }

  /** Removes a tap that bears fjord's mark; see {@link Ports#remove}. */
  public void removePort(InterfaceName tap) {
    ports.remove(tap);
  }

  /**
   * The name under which an interface is made; the same for the same one, at most 15 characters.
   */
  static String unfinished(InterfaceName name) {
    return "fjord~" + Digest.ofText(name.value()).hex().substring(0, 8);
  }

  static ProblemException foreign(Link link, String wanted) {
    Mark mark = link.mark();
    return Problem.of(
            "foreign-link",
            "interface " + link.name() + " is in the way of " + wanted + ", and not fjord's")
        .detail(
            "it is "
                + (link.isTap() ? "a tap" : link.kind().isEmpty() ? "a device" : "a " + link.kind())
                + (mark == null ? " without fjord's mark" : " marked " + mark.alias()))
        .hint("It was not touched. Remove or rename it, or choose another name in the repository.")
        .asException();
  }
}
