package dev.fjord.plan;

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
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Switch;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.UidRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which address and user id, and what is free. What somebody holds (an instance, one in
 * the trash, a document that names it) is never given to another.
 */
final class Claims {
  /** An address on a switch. */
  private record Place(ResourceName network, Ipv4Address address) {}

  /** Whose an address is; the same one in the trash and out of it. */
  private record Holder(ResourceName name, Owner owner) {
    @Override
    public String toString() {
      return "instance " + name + " of " + owner;
    }
  }

  /** The address cannot be had; the message says why. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private final Map<ResourceName, Switch> switches;
  private final UidRange uids;
  private final Map<Place, Holder> holders = new HashMap<>();
  private final Set<Integer> takenUids = new HashSet<>();
  private final Map<ResourceName, Set<String>> unknownAddresses = new TreeMap<>();
  private final Map<Place, ResourceName> released = new HashMap<>();
  private final Set<Place> named = new HashSet<>();

  Claims(Desired desired, Observed observed, UidRange uids) {
    this.switches = desired.switches();
    this.uids = uids;
    for (TrashedInstance trashed : observed.trash()) {
      hold(trashed.record());
    }
    for (ObservedInstance seen : observed.instances()) {
      InstanceRecord record = seen.record();
      if (record != null) {
        hold(record);
      } else if (seen.kernel() != null) {
        holdUnknown(seen.name(), seen.kernel());
      }
    }
  }

  private static Holder holder(InstanceRecord record) {
    return new Holder(record.name(), record.owner());
  }

  private static Holder holder(Instance instance) {
    return new Holder(instance.name(), instance.owner());
  }

  private void hold(InstanceRecord record) {
    takenUids.add(record.uid());
    for (Lease lease : record.leases()) {
      holders.put(place(lease), holder(record));
    }
  }

  /** An instance whose record is lost, but whose kernel runs, keeps what its command line says. */
  private void holdUnknown(ResourceName name, RunningKernel kernel) {
    Set<String> addresses = new HashSet<>();
    for (String word : kernel.boot().arguments()) {
      if (word.startsWith("ip=")) {
        addresses.add(word.substring(3).split(":", 2)[0]);
      }
    }
    unknownAddresses.put(name, addresses);
  }

  /** Keeps what a document asks for by name from being leased to others. */
  void reserve(Instance instance) {
    for (Nic nic : instance.network()) {
      if (nic.address() != null) {
        named.add(new Place(nic.network(), nic.address()));
      }
    }
  }

  /** Lets go of what an instance held before and does not want any more. */
  void release(InstanceRecord before, List<Lease> now) {
    for (Lease lease : before.leases()) {
      boolean kept = now.stream().anyMatch(l -> place(l).equals(place(lease)));
      if (!kept && holders.remove(place(lease), holder(before))) {
        released.put(place(lease), before.name());
      }
    }
  }

  /** Who still answers on one of these addresses until a change of this plan has moved it away. */
  Set<ResourceName> releasers(ResourceName asking, List<Lease> leases) {
    Set<ResourceName> releasers = new TreeSet<>();
    for (Lease lease : leases) {
      ResourceName releaser = released.get(place(lease));
      if (releaser != null && !releaser.equals(asking)) {
        releasers.add(releaser);
      }
    }
    return releasers;
  }

  private static Place place(Lease lease) {
    return new Place(lease.network(), lease.address());
  }

  int uid() throws Refused {
    // The last one is that of the switches' daemons, once there are any.
    boolean daemons = switches.values().stream().anyMatch(Switch::hasDaemon);
    for (int uid = uids.first(); uid < uids.first() + uids.count(); uid++) {
      if (!(daemons && uid == uids.last()) && takenUids.add(uid)) {
        return uid;
      }
    }
    throw new Refused(
        "all " + uids.count() + " user ids of the Host are taken, those in the trash included");
  }

  /** The leases of an instance: what it holds it keeps, the rest is the lowest free address. */
  List<Lease> leases(Instance instance, Identity identity, @Nullable InstanceRecord before)
      throws Refused {
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < instance.network().size(); i++) {
      Nic nic = instance.network().get(i);
      Switch network = Objects.requireNonNull(switches.get(nic.network()));
      Ipv4Address address = address(instance, nic, network, before);
      leases.add(
          new Lease(nic.network(), address, identity.mac(i), tap(instance.name(), identity, i)));
    }
    leases.forEach(lease -> holders.put(place(lease), holder(instance)));
    return leases;
  }

  private Ipv4Address address(
      Instance asking, Nic nic, Switch network, @Nullable InstanceRecord before) throws Refused {
    if (nic.address() != null) {
      Holder holder = holders.get(new Place(nic.network(), nic.address()));
      if ((holder != null && !holder.equals(holder(asking)))
          || isUnknown(asking.name(), nic.address())) {
        throw new Refused(
            "address "
                + nic.address()
                + " on switch "
                + nic.network()
                + " is held by "
                + (holder == null ? "an instance without a readable record" : holder.toString()));
      }
      return nic.address();
    }
    Optional<Ipv4Address> held =
        Optional.ofNullable(before).stream()
            .flatMap(record -> record.leases().stream())
            .filter(lease -> lease.network().equals(nic.network()))
            .map(Lease::address)
            .filter(network::mayLease)
            .findFirst();
    return held.isPresent() ? held.get() : lowestFree(asking.name(), network);
  }

  private Ipv4Address lowestFree(ResourceName name, Switch network) throws Refused {
    Ipv4Address address = network.subnet().network().next();
    for (; network.subnet().isUsable(address); address = address.next()) {
      if (network.mayLease(address)
          && !holders.containsKey(new Place(network.name(), address))
          && !named.contains(new Place(network.name(), address))
          && !isUnknown(name, address)) {
        return address;
      }
    }
    throw new Refused(
        "switch "
            + network.name()
            + " ("
            + network.subnet()
            + ") has no free address: all that instances may have are held, those in the trash"
            + " included");
  }

  private boolean isUnknown(ResourceName asking, Ipv4Address address) {
    return unknownAddresses.entrySet().stream()
        .anyMatch(e -> !e.getKey().equals(asking) && e.getValue().contains(address.toString()));
  }

  /** Readable where the name fits into 15 characters, else its start and a part of the identity. */
  private static InterfaceName tap(ResourceName name, Identity identity, int index) {
    String suffix = index == 0 ? "" : "." + index;
    String plain = "tap-" + name + suffix;
    if (plain.length() <= 15) {
      return new InterfaceName(plain);
    }
    return new InterfaceName("fj-" + identity.value().substring(0, 8) + suffix);
  }
}
