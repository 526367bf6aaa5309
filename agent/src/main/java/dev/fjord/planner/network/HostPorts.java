package dev.fjord.planner.network;

import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.TakenPort;
import dev.fjord.planner.draft.Draft;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Sees to it that a port of the host leads to one guest: an instance that gives one up and waits
 * for a restart has it until then. A port twice in one table would leave the host without filters:
 * nft(8) refuses the whole table.
 */
record HostPorts(Observed observed, Draft draft) {
  private record Key(Protocol protocol, int port) {}

  private static Key key(PortForward forward) {
    return new Key(forward.protocol(), forward.host());
  }

  private record Use(FilteredPort port, PortForward forward) {}

  /**
   * The same ports in the same order, without forwards whose port leads elsewhere already; those
   * are refused.
   */
  List<FilteredPort> once(List<FilteredPort> ports) {
    Map<Key, FilteredPort> holders = new HashMap<>();
    ports.stream()
        .flatMap(port -> port.forwards().stream().map(forward -> new Use(port, forward)))
        .sorted(Comparator.comparingInt(this::rank).thenComparing(use -> use.port().lease().tap()))
        .forEach(use -> holders.putIfAbsent(key(use.forward()), use.port()));
    return ports.stream().map(port -> without(port, holders)).toList();
  }

  /** A lower rank is a better right: the port leads there, or did when that was last recorded. */
  private int rank(Use use) {
    boolean inForce = isInForce(use);
    boolean recorded =
        observed.instances().stream()
            .map(ObservedInstance::record)
            .filter(Objects::nonNull)
            .filter(record -> record.name().equals(use.port.instance()))
            .anyMatch(record -> record.applied().forwards().contains(use.forward));
    return inForce ? 0 : recorded ? 1 : 2;
  }

  private boolean isInForce(Use use) {
    Filters now = observed.filters().inForce();
    return now != null
        && now.ports().stream()
            .filter(port -> port.instance().equals(use.port.instance()))
            .anyMatch(port -> port.forwards().contains(use.forward));
  }

  /**
   * Whether a program of the host has the port: clients would no longer reach that program, and
   * nothing would report it.
   */
  private boolean isTaken(PortForward forward) {
    return observed
        .surroundings()
        .ports()
        .contains(new TakenPort(forward.protocol(), forward.host()));
  }

  private void refuseTaken(FilteredPort port, PortForward forward) {
    draft.refuse(
        "port-taken",
        port.owner(),
        "instance %s: a program of this host has port %s, and would no longer be reached"
            .formatted(port.instance(), words(forward)),
        "Take another port, or end that program: " + question(forward) + " names it.");
  }

  private void tellShadowed(FilteredPort port, PortForward forward) {
    draft.report(
        Problem.of(
                "port-shadowed",
                "port %s of this host leads to instance %s, and a program of the host has it, too"
                    .formatted(words(forward), port.instance()))
            .detail("from outside that program is not reached")
            .hint("Give it another port, or the instance: " + question(forward) + " names it."));
  }

  private static String words(PortForward forward) {
    return forward.host() + "/" + forward.protocol().name().toLowerCase(Locale.ROOT);
  }

  private static String question(PortForward forward) {
    return "'ss -lnp%s sport = %d'"
        .formatted(forward.protocol() == Protocol.TCP ? "t" : "u", forward.host());
  }

  private FilteredPort without(FilteredPort port, Map<Key, FilteredPort> holders) {
    List<PortForward> kept = new ArrayList<>();
    for (PortForward forward : port.forwards()) {
      FilteredPort holder = holders.get(key(forward));
      if (port.equals(holder) && isTaken(forward)) {
        if (isInForce(new Use(port, forward))) {
          kept.add(forward);
          tellShadowed(port, forward);
        } else {
          refuseTaken(port, forward);
        }
      } else if (port.equals(holder)) {
        kept.add(forward);
      } else if (holder != null) {
        refuse(port, forward, holder);
      }
    }
    return port.with(kept);
  }

  private void refuse(FilteredPort port, PortForward forward, FilteredPort holder) {
    draft.refuse(
        "ports",
        port.owner(),
        "instance %s: port %d of the host leads to instance %s of %s"
            .formatted(port.instance(), forward.host(), holder.instance(), holder.owner()),
        "It is given once %s has let go of it, by a restart perhaps.".formatted(holder.instance()));
  }
}
