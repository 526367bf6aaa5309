package dev.fjord.planner.address;

import dev.fjord.model.Desired;
import dev.fjord.model.Identity;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.TrashedRoot;
import dev.fjord.model.UidRange;
import dev.fjord.plan.Holder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives user ids and leases. What an instance holds is never given to another: see {@link
 * AddressLedger}.
 */
public final class Allocator {
  private final UidRange uids;
  private final boolean hasDaemons;
  private final Set<Integer> takenUids = new HashSet<>();
  private final Map<Identity, Holder> identities = new HashMap<>();
  private final AddressLedger ledger;
  private final AddressAllocator addresses;

  public Allocator(Desired desired, Observed observed, UidRange uids, Map<Holder, Holder> renamed) {
    this.uids = uids;
    this.hasDaemons = desired.switches().values().stream().anyMatch(Switch::hasDaemon);
    this.ledger = new AddressLedger(desired.site(), observed, renamed);
    this.addresses = new AddressAllocator(desired.switches(), ledger, Set.of());
    Stream.of(
            observed.trash().stream().map(TrashedInstance::record),
            observed.instances().stream().map(ObservedInstance::record),
            observed.trashedRoots().stream().map(TrashedRoot::record))
        .flatMap(records -> records)
        .filter(Objects::nonNull)
        .forEach(record -> identities.put(record.identity(), Holder.of(record)));
    observed.trash().forEach(trashed -> takenUids.add(trashed.record().uid()));
    takenUids.addAll(observed.strayUids());
    observed
        .instances()
        .forEach(seen -> {
          if (seen.record() != null) {
            takenUids.add(seen.record().uid());
          }
        });
  }

  /** Keeps the addresses that these documents name, and no others, from being leased to others. */
  public void reserve(Collection<Instance> naming) {
    ledger.reserve(naming);
  }

  /** Refuses a document that names an address that another instance holds. */
  public void refuseIfHeld(Instance document) throws AllocationRefused {
    for (Nic nic : document.network()) {
      addresses.refuseIfHeld(document, nic);
    }
  }

  /** Releases what an instance held before and no longer wants. */
  public void release(InstanceRecord before, List<Lease> now) {
    ledger.release(before, now);
  }

  /**
   * The instances that still answer on one of these addresses until a change of this plan has moved
   * it away.
   */
  public Set<ResourceName> releasers(ResourceName asking, List<Lease> leases) {
    return ledger.releasers(asking, leases);
  }

  /** The lowest user id that is free. */
  public int freeUid() throws AllocationRefused {
    // The switches' daemons have the last one, once there are any.
    for (int uid = uids.first(); uid < uids.first() + uids.count(); uid++) {
      if (!(hasDaemons && uid == uids.last()) && !takenUids.contains(uid)) {
        return uid;
      }
    }
    throw new AllocationRefused(
        "all " + uids.count() + " user ids of the Host are taken, those in the trash included",
        "Write a larger 'count' in the Host's 'uids'.");
  }

  /**
   * The identity of a new instance. It follows from its names, unless an instance that had these
   * names before took that identity to another name.
   */
  public Identity identity(ResourceName host, Instance instance) {
    int count = 0;
    Identity identity = Identity.first(host, instance.owner(), instance.name());
    while (true) {
      Holder holder = identities.get(identity);
      if (holder == null || holder.equals(Holder.of(instance))) {
        return identity;
      }
      count++;
      identity = Identity.next(host, instance.owner(), instance.name(), count);
    }
  }

  /** Marks a user id as given away. */
  public void take(int uid) {
    takenUids.add(uid);
  }

  /** The leases of an instance: it keeps what it holds, and gets free addresses for the rest. */
  public List<Lease> leases(Instance instance, Identity identity, @Nullable InstanceRecord before)
      throws AllocationRefused {
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < instance.network().size(); i++) {
      Nic nic = instance.network().get(i);
      AddressAllocator more = addresses.beside(leases);
      Ipv4Address address = more.ipv4(instance, nic, before);
      leases.add(
          new Lease(
              nic.network(),
              address,
              more.ipv6(instance, nic, address, before),
              identity.mac(i),
              tap(instance.name(), identity, i),
              more.further(instance, nic)));
    }
    ledger.give(instance, leases);
    return leases;
  }

  /**
   * The name itself where it fits into 15 characters, else its start and a part of the identity.
   */
  private static InterfaceName tap(ResourceName name, Identity identity, int index) {
    String suffix = index == 0 ? "" : "." + index;
    String plain = "tap-" + name + suffix;
    if (plain.length() <= 15) {
      return new InterfaceName(plain);
    }
    return new InterfaceName("fj-" + identity.value().substring(0, 8) + suffix);
  }
}
