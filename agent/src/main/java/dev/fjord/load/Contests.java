package dev.fjord.load;

import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.model.Contest;
import dev.fjord.model.Contested;
import dev.fjord.model.IpAddress;
import dev.fjord.model.PortForward;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Finds the names, addresses and ports of a host that more than one document claims. */
final class Contests {
  private static final int MOST_PLACES = 10;

  /** A claim of one thing, at the place where the document makes it. */
  private record Place(Resolved resolved, Location at) {}

  private Contests() {}

  static List<Contest> find(Catalogue catalogue, List<Resolved> resolved) {
    Map<Contested.Name, List<Place>> names = new LinkedHashMap<>();
    Map<Contested.Address, List<Place>> addresses = new LinkedHashMap<>();
    Map<Contested.Port, List<Place>> ports = new LinkedHashMap<>();
    for (Resolved one : resolved) {
      Contested.Name name = new Contested.Name(one.instance().name());
      put(names, name, new Place(one, one.claim().document().where()));
      for (InstanceSpec.Plug plug : one.claim().spec().network()) {
        for (Said<? extends IpAddress> said : plug.addresses()) {
          Contested.Address address = new Contested.Address(plug.network().value(), said.value());
          put(addresses, address, new Place(one, said.at()));
        }
        for (Said<PortForward> said : plug.ports()) {
          PortForward forward = said.value();
          if (!NicChecks.isGranted(catalogue, one.claim(), forward)) {
            continue; // Otherwise a partner without a port could keep others from theirs.
          }
          Contested.Port port =
              new Contested.Port(one.instance().host(), forward.protocol(), forward.host());
          put(ports, port, new Place(one, said.at()));
        }
      }
    }
    List<Contest> contests = new ArrayList<>();
    names.forEach((name, claims) -> add(contests, name, "name-contested", claims));
    addresses.forEach((address, claims) -> add(contests, address, "address-contested", claims));
    ports.forEach((port, claims) -> add(contests, port, "port-contested", ofDifferent(claims)));
    return contests;
  }

  private static String words(Contested over) {
    return switch (over) {
      case Contested.Name it -> "the name " + it.name();
      case Contested.Address it -> "the address " + it.address() + " on switch " + it.network();
      case Contested.Port it ->
          "port %d/%s of host %s"
              .formatted(it.port(), it.protocol().name().toLowerCase(Locale.ROOT), it.host());
    };
  }

  /** An instance that asks twice does not contend with another: that is a fault of its own. */
  private static List<Place> ofDifferent(List<Place> claims) {
    Set<Resolved> seen = new HashSet<>();
    return claims.stream().filter(place -> seen.add(place.resolved)).toList();
  }

  private static <K> void put(Map<K, List<Place>> claims, K key, Place place) {
    claims.computeIfAbsent(key, none -> new ArrayList<>(1)).add(place);
  }

  private static void add(List<Contest> contests, Contested over, String code, List<Place> claims) {
    if (claims.size() < 2) {
      return;
    }
    List<Place> ordered = claims.stream().sorted(Comparator.comparing(Place::at)).toList();
    String places =
        String.join(
            " and ",
            ordered.stream()
                .limit(MOST_PLACES)
                .map(place -> place.resolved.instance().owner() + " at " + place.at)
                .toList());
    Problem problem =
        Problem.of(
                code,
                "%s is claimed by %s%s"
                    .formatted(
                        words(over), places, ordered.size() > MOST_PLACES ? " and others" : ""))
            .hint("whoever has it on the host keeps it; change the others")
            .at(ordered.get(1).at);
    contests.add(
        new Contest(
            over, ordered.stream().map(place -> place.resolved.instance()).toList(), problem));
  }
}
