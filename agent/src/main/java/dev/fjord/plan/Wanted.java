package dev.fjord.plan;

import dev.fjord.model.Contest;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which instances a host should have, and how: the revision's, but a held owner's as they were last
 * applied, and of contested ones the incumbent's.
 *
 * @param instances by name; those in {@code standing} exactly as their record says
 * @param standing names whose record is not to be changed now
 */
record Wanted(Map<ResourceName, Instance> instances, Map<ResourceName, InstanceRecord> standing) {

  static Wanted of(Desired desired, Observed observed, ResourceName host) {
    Map<ResourceName, Instance> instances = new TreeMap<>();
    Map<ResourceName, InstanceRecord> standing = new HashMap<>();
    for (Instance instance : desired.instances()) {
      if (instance.host().equals(host)) {
        instances.put(instance.name(), instance);
      }
    }
    for (ObservedInstance seen : observed.instances()) {
      InstanceRecord record = seen.record();
      if (record == null) {
        continue;
      }
      Instance winner = incumbent(desired, record);
      if (winner != null && winner.host().equals(host)) {
        instances.put(record.name(), winner);
      } else if (desired.held().contains(record.owner()) || isContested(desired, record)) {
        instances.putIfAbsent(record.name(), record.applied());
        if (instances.get(record.name()).equals(record.applied())) {
          standing.put(record.name(), record);
        }
      }
    }
    return new Wanted(instances, standing);
  }

  /** The same, with every instance that would leave or lose a volume standing as it is. */
  Wanted keeping(Observed observed) {
    Map<ResourceName, Instance> kept = new TreeMap<>(instances);
    Map<ResourceName, InstanceRecord> still = new HashMap<>(standing);
    for (ObservedInstance seen : observed.instances()) {
      InstanceRecord record = seen.record();
      if (record == null) {
        continue;
      }
      Instance now = instances.get(record.name());
      boolean loses =
          now == null
              || !now.owner().equals(record.owner())
              || AtRest.removesVolume(now, record.applied());
      if (loses) {
        kept.put(record.name(), record.applied());
        still.put(record.name(), record);
      }
    }
    return new Wanted(kept, still);
  }

  /** The claim of whoever holds the name, and every address it asks for, on this host already. */
  private static @Nullable Instance incumbent(Desired desired, InstanceRecord record) {
    Instance winner = null;
    for (Contest contest : desired.contests()) {
      for (Instance claim : contest.claims()) {
        if (claim.name().equals(record.name()) && claim.owner().equals(record.owner())) {
          boolean ambiguous = winner != null && !winner.equals(claim);
          if (ambiguous
              || !holdsItsAddresses(claim, record)
              || desired.held().contains(claim.owner())) {
            return null;
          }
          winner = claim;
        }
      }
    }
    return winner;
  }

  private static boolean holdsItsAddresses(Instance claim, InstanceRecord record) {
    Set<Place> held = record.leases().stream().flatMap(Place::of).collect(Collectors.toSet());
    return claim.network().stream().flatMap(Place::of).allMatch(held::contains);
  }

  private static boolean isContested(Desired desired, InstanceRecord record) {
    Owner owner = record.owner();
    return desired.contests().stream()
        .flatMap(contest -> contest.claims().stream())
        .anyMatch(claim -> claim.name().equals(record.name()) && claim.owner().equals(owner));
  }
}
