package dev.fjord.planner.network;

import dev.fjord.model.BlockRoute;
import dev.fjord.model.Filters;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The host's routes to blocks behind instances: those of the filters. The filters come first, so
 * that no block is routed before its machine alone may send from it.
 */
public final class RouteChanges {
  private static final ResourceName NAME = new ResourceName("blocks");

  private RouteChanges() {}

  /**
   * Plans the change, if there is one.
   *
   * @param filtering what was decided on filters
   */
  public static Decisions plan(
      Observed observed, SwitchChanges switches, FilterChanges.Result filtering) {
    Draft draft = new Draft(filtering.decisions());
    Filters filters = filtering.inForce();
    if (observed.filters().fault() != null) {
      return draft
          .decisions(); // The filters' fault is reported; without filters nothing is routed.
    }
    List<BlockRoute> wanted = routes(filters);
    List<BlockRoute> now =
        observed.bridges().stream()
            .flatMap(one -> one.routing().routes().stream())
            .sorted()
            .toList();
    if (wanted.equals(now)) {
      return draft.decisions();
    }
    Filters before = observed.filters().inForce();
    boolean intended = before == null || !routes(before).equals(wanted);
    TreeSet<String> requires = new TreeSet<>(draft.present(List.of(FilterChanges.ID)));
    filters.switches().stream()
        .filter(network -> wanted.stream().anyMatch(one -> one.bridge().equals(network.bridge())))
        .forEach(network -> requires.addAll(switches.idsOf(network.name())));
    draft.add(
        new Change(
            Change.id(Action.UPDATE, Kind.ROUTE, NAME.value()),
            Action.UPDATE,
            Kind.ROUTE,
            NAME,
            Owner.SITE,
            intended ? Cause.INTENDED : Cause.CORRECTIVE,
            intended
                ? "what is behind instances changed"
                : "the routes to what is behind instances are not as they were set",
            Disruption.NONE,
            fields(now, wanted),
            List.copyOf(requires),
            List.of(),
            new Step.SetRoutes(wanted)));
    return draft.decisions();
  }

  private static List<BlockRoute> routes(Filters filters) {
    Map<ResourceName, Switch> networks =
        filters.switches().stream().collect(Collectors.toMap(Switch::name, Function.identity()));
    List<BlockRoute> routes = new ArrayList<>();
    filters
        .ports()
        .forEach(port -> {
          Switch network = networks.get(port.lease().network());
          if (network == null || !network.isRoutedByHost()) {
            return;
          }
          port.prefixes()
              .forEach(prefix -> {
                IpAddress via = prefix.isIpv6() ? port.lease().address6() : port.lease().address();
                if (via != null) {
                  routes.add(new BlockRoute(prefix, via, network.bridge()));
                }
              });
        });
    return routes.stream().sorted().toList();
  }

  private static List<FieldChange> fields(List<BlockRoute> now, List<BlockRoute> wanted) {
    Map<String, String> from = words(now);
    Map<String, String> to = words(wanted);
    return Stream.concat(from.keySet().stream(), to.keySet().stream())
        .distinct()
        .sorted()
        .filter(prefix -> !String.valueOf(from.get(prefix)).equals(String.valueOf(to.get(prefix))))
        .map(prefix -> new FieldChange(prefix, from.get(prefix), to.get(prefix)))
        .toList();
  }

  private static Map<String, String> words(List<BlockRoute> routes) {
    Map<String, String> words = new TreeMap<>();
    routes.forEach(one ->
        words.merge(
            one.prefix().toString(),
            "via " + one.via() + " on " + one.bridge(),
            (all, other) -> all + ", " + other));
    return words;
  }
}
