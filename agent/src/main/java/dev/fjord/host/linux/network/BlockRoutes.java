package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.model.BlockRoute;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The host's routes to blocks behind instances. They bear fjord's mark, a protocol of their own,
 * and have a metric of their own: a route that fjord did not set is a different one, and is neither
 * replaced nor removed (fib_table_insert() in net/ipv4/fib_trie.c compares metrics).
 */
record BlockRoutes(IpCommand ip) {
  private static final String MARK =
      " proto " + BlockRoute.PROTOCOL + " metric " + BlockRoute.PROTOCOL;

  /** A route as {@code ip -j route} prints it; empty where fjord does not set such routes. */
  static Optional<BlockRoute> parse(JsonNode route) {
    try {
      String to = route.path("dst").asText();
      IpAddress via = IpAddress.parse(route.path("gateway").asText());
      // ip(8) leaves out the length where it is that of an address.
      int longest = via.toString().indexOf(':') < 0 ? 32 : 128;
      IpPrefix prefix = IpPrefix.parse(to.indexOf('/') < 0 ? to + "/" + longest : to);
      return Optional.of(
          new BlockRoute(prefix, via, new InterfaceName(route.path("dev").asText())));
    } catch (IllegalArgumentException noneOfFjords) {
      return Optional.empty();
    }
  }

  /**
   * Sets these and removes all others that bear the mark. One that moves is replaced in one call,
   * so that it leads somewhere at any time.
   *
   * @throws dev.fjord.problem.ProblemException {@code foreign-route} where another route to the
   *     same block exists; the others are set
   */
  void set(Step.SetRoutes step) {
    List<BlockRoute> now = new ArrayList<>();
    ip.links(now::add);
    List<BlockRoute> missing =
        step.routes().stream().filter(route -> !now.contains(route)).toList();
    Set<String> foreign = foreign(missing);
    List<String> lines =
        missing.stream()
            .filter(route -> !foreign.contains(route.prefix().toString()))
            .map(route -> "route replace " + words(route))
            .toList();
    if (!lines.isEmpty()) {
      ip.change("routing blocks of addresses", lines);
    }
    List<String> gone =
        now.stream()
            .filter(route -> !step.routes().contains(route))
            .map(route -> "route delete " + words(route))
            .toList();
    if (!gone.isEmpty()) {
      ip.attempt(gone); // What was replaced above is gone already.
    }
    if (!foreign.isEmpty()) {
      String which = foreign.stream().sorted().collect(Collectors.joining(", "));
      throw Problem.of("foreign-route", "this host has a route to " + which + " of its own")
          .detail("it was set by somebody else, and is left alone; the block is not routed")
          .hint(
              "Remove that route ('ip route show exact %s' shows it), or take the block out of the"
                      .formatted(foreign.iterator().next())
                  + " instance's 'prefixes'.")
          .asException();
    }
  }

  private static String words(BlockRoute route) {
    return route.prefix() + " via " + route.via() + " dev " + route.bridge() + MARK;
  }

  private Set<String> foreign(List<BlockRoute> missing) {
    return ip.routesTo(missing.stream().map(BlockRoute::prefix).toList()).stream()
        .filter(
            route -> !route.path("protocol").asText().equals(Integer.toString(BlockRoute.PROTOCOL)))
        .map(route -> route.path("dst").asText())
        .map(to -> to.indexOf('/') >= 0 ? to : to + (to.indexOf(':') < 0 ? "/32" : "/128"))
        .collect(Collectors.toSet());
  }
}
