package dev.fjord.load;

import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.model.Contest;
import dev.fjord.model.IpAddress;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Finds the names and addresses that more than one document claims. */
final class Contests {
  private static final int MOST_PLACES = 10;

  /** A claim of one thing, at the place where the document makes it. */
  private record Place(Resolved resolved, Location at) {}

  private record Address(ResourceName network, IpAddress address) {}

  private Contests() {}

  static List<Contest> find(List<Resolved> resolved) {
    Map<ResourceName, List<Place>> names = new LinkedHashMap<>();
    Map<Address, List<Place>> addresses = new LinkedHashMap<>();
    for (Resolved one : resolved) {
      put(names, one.instance().name(), new Place(one, one.claim().document().where()));
      for (InstanceSpec.Plug plug : one.claim().spec().network()) {
        for (Said<? extends IpAddress> said :
            Stream.of(plug.address(), plug.address6()).filter(Objects::nonNull).toList()) {
          Address address = new Address(plug.network().value(), said.value());
          put(addresses, address, new Place(one, said.at()));
        }
      }
    }
    List<Contest> contests = new ArrayList<>();
    names.forEach((name, claims) -> add(contests, "name-contested", "the name " + name, claims));
    addresses.forEach((address, claims) ->
        add(
            contests,
            "address-contested",
            "the address " + address.address + " on switch " + address.network,
            claims));
    return contests;
  }

  private static <K> void put(Map<K, List<Place>> claims, K key, Place place) {
    claims.computeIfAbsent(key, none -> new ArrayList<>(1)).add(place);
  }

  private static void add(List<Contest> contests, String code, String what, List<Place> claims) {
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
                    .formatted(what, places, ordered.size() > MOST_PLACES ? " and others" : ""))
            .hint("whoever has it on the host keeps it; change the others")
            .at(ordered.get(1).at);
    contests.add(
        new Contest(ordered.stream().map(place -> place.resolved.instance()).toList(), problem));
  }
}
