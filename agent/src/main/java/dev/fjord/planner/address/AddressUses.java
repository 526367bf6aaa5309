package dev.fjord.planner.address;

import dev.fjord.model.Cidr;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.LeftAddress;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.TrashedInstance;
import dev.fjord.plan.AddressMap;
import dev.fjord.plan.AddressMap.Block;
import dev.fjord.plan.AddressMap.Entry;
import dev.fjord.plan.AddressMap.Use;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds out what each address is used for. */
public final class AddressUses {
  private final Desired desired;
  private final Observed observed;
  private final Map<SwitchAddress, Entry> taken = new HashMap<>();

  private AddressUses(Desired desired, Observed observed) {
    this.desired = desired;
    this.observed = observed;
    take();
  }

  /** The map of all switches that a revision declares. */
  public static AddressMap map(Desired desired, Observed observed) {
    return new AddressUses(desired, observed).map();
  }

  private AddressMap map() {
    List<Block> blocks = new ArrayList<>();
    for (ResourceName name : new TreeSet<>(desired.switches().keySet())) {
      Switch network = Objects.requireNonNull(desired.switches().get(name));
      blocks.add(new Block(name, network.subnet(), ipv4(network), ipv6(network)));
    }
    return new AddressMap(blocks);
  }

  /** A use that is entered later replaces one that says less. */
  private void take() {
    for (Instance instance : desired.instances()) {
      instance.network().stream()
          .flatMap(SwitchAddress::of)
          .forEach(place -> put(place, Use.NAMED, instance.name(), instance.owner(), null));
    }
    for (TrashedInstance trashed : observed.trash()) {
      Instant removed = trashed.removed();
      Instant end = removed == null ? null : removed.plus(desired.site().quarantine());
      if (end == null || !end.isBefore(observed.at())) {
        leases(trashed.record(), Use.TRASHED, end);
      }
      left(trashed.record());
    }
    for (ObservedInstance seen : observed.instances()) {
      if (seen.record() != null) {
        left(seen.record());
      }
    }
    for (ObservedInstance seen : observed.instances()) {
      if (seen.record() != null) {
        leases(seen.record(), Use.LEASED, null);
      }
    }
  }

  private void leases(InstanceRecord record, Use use, @Nullable Instant until) {
    record.leases().stream()
        .flatMap(SwitchAddress::of)
        .forEach(place -> put(place, use, record.name(), record.owner(), until));
  }

  private void left(InstanceRecord record) {
    for (LeftAddress left : record.left()) {
      Instant end = left.at() == null ? null : left.at().plus(desired.site().quarantine());
      if (end == null || !end.isBefore(observed.at())) {
        put(SwitchAddress.of(left), Use.QUARANTINED, record.name(), record.owner(), end);
      }
    }
  }

  private void put(
      SwitchAddress place, Use use, ResourceName instance, Owner owner, @Nullable Instant until) {
    IpAddress address = place.address();
    taken.put(place, new Entry(address, address, 1, use, instance, owner, until));
  }

  private List<Entry> ipv4(Switch network) {
    List<Entry> entries = new ArrayList<>();
    Cidr subnet = network.subnet();
    for (Ipv4Address at = subnet.network(); subnet.contains(at); at = at.next()) {
      Entry entry = taken.get(new SwitchAddress(network.name(), at));
      add(
          entries,
          entry != null ? entry : new Entry(at, at, 1, use(at, network), null, null, null));
      if (at.equals(subnet.broadcast())) {
        break; // After the last address of all comes the first one again.
      }
    }
    return entries;
  }

  private static void add(List<Entry> entries, Entry next) {
    Entry last = entries.isEmpty() ? null : entries.get(entries.size() - 1);
    if (last != null && last.use() == next.use() && next.instance() == null) {
      entries.set(entries.size() - 1, last.joined(next.last()));
    } else {
      entries.add(next);
    }
  }

  private static Use use(Ipv4Address address, Switch network) {
    Cidr subnet = network.subnet();
    if (address.equals(subnet.network())) {
      return Use.NETWORK;
    }
    if (address.equals(subnet.broadcast())) {
      return Use.BROADCAST;
    }
    if (address.equals(network.gateway())) {
      return Use.GATEWAY;
    }
    if (!network.mayLease(address)) {
      return Use.RESERVED;
    }
    return network.isInPool(address) ? Use.FREE : Use.OUTSIDE_POOL;
  }

  private List<Entry> ipv6(Switch network) {
    if (network.ipv6() == null) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    IpAddress gateway = network.ipv6().gateway();
    entries.add(new Entry(gateway, gateway, 1, Use.GATEWAY, null, null, null));
    taken.forEach((place, entry) -> {
      if (place.network().equals(network.name()) && place.address() instanceof Ipv6Address) {
        entries.add(entry);
      }
    });
    entries.sort(
        (one, other) -> ((Ipv6Address) one.first()).compareTo((Ipv6Address) other.first()));
    return entries;
  }
}
