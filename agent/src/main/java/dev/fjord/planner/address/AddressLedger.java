package dev.fjord.planner.address;

import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Lease;
import dev.fjord.model.LeftAddress;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Site;
import dev.fjord.model.TrashedInstance;
import dev.fjord.plan.Holder;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which instance holds which address. An address is held when an instance has it, or when an
 * instance went to the trash with it within the site's quarantine. An address that an instance gave
 * up within that time is leased to none, but a document that names it gets it. An address that an
 * instance in the trash had longer ago is leased last.
 */
final class AddressLedger {
  private final Map<Holder, Holder> renamed;
  private final Instant stillQuarantined;
  private final Map<SwitchAddress, Holder> held = new HashMap<>();
  private final Map<SwitchAddress, Holder> quarantined = new HashMap<>();
  private final Set<SwitchAddress> former = new HashSet<>();
  private final Set<SwitchAddress> inTrash = new HashSet<>();
  private final Map<ResourceName, Set<String>> unknown = new TreeMap<>();
  private final Set<SwitchAddress> named = new HashSet<>();
  private final Map<SwitchAddress, ResourceName> released = new HashMap<>();

  /**
   * @param renamed by their new names, instances that are to have another name or owner: whatever
   *     they hold, they hold under that
   */
  AddressLedger(Site site, Observed observed, Map<Holder, Holder> renamed) {
    this.renamed = renamed;
    this.stillQuarantined = observed.at().minus(site.quarantine());
    for (TrashedInstance trashed : observed.trash()) {
      trashed(trashed);
    }
    for (ObservedInstance seen : observed.instances()) {
      InstanceRecord record = seen.record();
      if (record != null) {
        hold(now(record), record.leases());
        left(record);
      } else if (seen.kernel() != null) {
        unknown(seen.name(), seen.kernel());
      }
    }
  }

  private Holder now(InstanceRecord record) {
    Holder holder = Holder.of(record);
    return renamed.getOrDefault(holder, holder);
  }

  private void trashed(TrashedInstance trashed) {
    Instant removed = trashed.removed();
    boolean late = removed != null && removed.isBefore(stillQuarantined);
    trashed.record().leases().stream()
        .flatMap(SwitchAddress::of)
        .forEach(place -> {
          if (late) {
            former.add(place);
          } else {
            held.put(place, Holder.of(trashed.record()));
            inTrash.add(place);
          }
        });
    left(trashed.record());
  }

  private void left(InstanceRecord record) {
    for (LeftAddress left : record.left()) {
      if (left.at() == null || !left.at().isBefore(stillQuarantined)) {
        quarantined.put(SwitchAddress.of(left), now(record));
      }
    }
  }

  /**
   * An instance whose record is lost but whose kernel runs keeps the addresses of its command line.
   */
  private void unknown(ResourceName name, RunningKernel kernel) {
    Set<String> addresses = new HashSet<>();
    for (String word : kernel.boot().arguments()) {
      if (word.startsWith("ip=[")) {
        addresses.add(word.substring(4).split("]", 2)[0]);
      } else if (word.startsWith("ip=")) {
        addresses.add(word.substring(3).split(":", 2)[0]);
      }
    }
    unknown.put(name, addresses);
  }

  /** Keeps the addresses that these documents name, and no others, from being leased to others. */
  void reserve(Collection<Instance> naming) {
    named.clear();
    for (Instance instance : naming) {
      instance.network().stream().flatMap(SwitchAddress::of).forEach(named::add);
    }
  }

  /** Gives addresses to an instance, to which no other one has a right. */
  void give(Instance instance, List<Lease> leases) {
    hold(Holder.of(instance), leases);
  }

  private void hold(Holder holder, List<Lease> leases) {
    leases.stream()
        .flatMap(SwitchAddress::of)
        .forEach(place -> {
          held.put(place, holder);
          inTrash.remove(place);
        });
  }

  /** Releases what an instance held before and no longer wants. */
  void release(InstanceRecord before, List<Lease> now) {
    Set<SwitchAddress> kept = new HashSet<>();
    now.stream().flatMap(SwitchAddress::of).forEach(kept::add);
    before.leases().stream()
        .flatMap(SwitchAddress::of)
        .filter(place -> !kept.contains(place))
        .forEach(place -> {
          if (held.remove(place, now(before))) {
            released.put(place, before.name());
            quarantined.put(place, now(before));
          }
        });
  }

  /**
   * The instances that still answer on one of these addresses until a change of this plan has moved
   * it away.
   */
  Set<ResourceName> releasers(ResourceName asking, List<Lease> leases) {
    Set<ResourceName> releasers = new TreeSet<>();
    leases.stream()
        .flatMap(SwitchAddress::of)
        .forEach(place -> {
          ResourceName releaser = released.get(place);
          if (releaser != null && !releaser.equals(asking)) {
            releasers.add(releaser);
          }
        });
    return releasers;
  }

  /** The holder of an address for which an instance asks; null when it may have it. */
  @Nullable String other(SwitchAddress place, Instance asking) {
    Holder holder = held.get(place);
    if (holder != null) {
      return holder.equals(Holder.of(asking)) ? null : holder.toString();
    }
    return isUnknown(asking.name(), place.address())
        ? "an instance without a readable record"
        : null;
  }

  /** Whether an address can be leased to an instance that does not ask for it. */
  boolean isFree(SwitchAddress place, Instance asking) {
    Holder quarantine = quarantined.get(place);
    return !held.containsKey(place)
        && !named.contains(place)
        && asking.network().stream().flatMap(SwitchAddress::of).noneMatch(place::equals)
        && (quarantine == null || quarantine.equals(Holder.of(asking)))
        && !isUnknown(asking.name(), place.address());
  }

  /** Whether an instance in the trash had it, so that others are leased first. */
  boolean isFormer(SwitchAddress place) {
    return former.contains(place);
  }

  /** Whether no instance uses it, and one did not long ago. */
  boolean isQuarantined(SwitchAddress place) {
    return inTrash.contains(place) || !held.containsKey(place) && quarantined.containsKey(place);
  }

  private boolean isUnknown(ResourceName asking, IpAddress address) {
    return unknown.entrySet().stream()
        .anyMatch(e -> !e.getKey().equals(asking) && e.getValue().contains(address.toString()));
  }
}
