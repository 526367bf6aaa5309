package dev.fjord.plan;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who has which address of every switch, and what is free. Pure: of what a revision says and what a
 * host has, as a plan is.
 *
 * @param blocks in order of their switches' names
 */
public record AddressMap(List<Block> blocks) {
  public AddressMap {
    blocks = List.copyOf(blocks);
  }

  /** What an address is used for. */
  public enum Use {
    NETWORK,
    GATEWAY,
    BROADCAST,
    RESERVED,
    /** An instance has it. */
    LEASED,
    /** A document asks for it, and nobody has it yet. */
    NAMED,
    /** An instance in the trash has it, and gets it back. */
    TRASHED,
    /** An instance had it not long ago. */
    QUARANTINED,
    FREE,
    /** Free, and only for who names it. */
    OUTSIDE_POOL
  }

  /**
   * Addresses next to each other with one use.
   *
   * @param count 1 where an instance is named
   * @param instance whose it is or was; null where that is nobody
   * @param until when its quarantine ends; null for no end
   */
  public record Entry(
      IpAddress first,
      IpAddress last,
      int count,
      Use use,
      @Nullable ResourceName instance,
      @Nullable Owner owner,
      @Nullable Instant until) {

    private Entry joined(IpAddress next) {
      return new Entry(first, next, count + 1, use, instance, owner, until);
    }
  }

  /**
   * The addresses of a switch.
   *
   * @param ipv4 all of them, in order
   * @param ipv6 those that are not free, in order; empty where the switch has none
   */
  public record Block(ResourceName network, Cidr subnet, List<Entry> ipv4, List<Entry> ipv6) {
    public Block {
      ipv4 = List.copyOf(ipv4);
      ipv6 = List.copyOf(ipv6);
    }

    /** How many IPv4 addresses have that use. */
    public int count(Use use) {
      return ipv4.stream().filter(one -> one.use() == use).mapToInt(Entry::count).sum();
    }
  }

  /** The map of all switches that a revision declares. */
  public static AddressMap of(Desired desired, Observed observed) {
    Map<Place, Entry> taken = taken(desired, observed);
    List<Block> blocks = new ArrayList<>();
    for (ResourceName name : new TreeSet<>(desired.switches().keySet())) {
      Switch network = Objects.requireNonNull(desired.switches().get(name));
      blocks.add(new Block(name, network.subnet(), ipv4(network, taken), ipv6(network, taken)));
    }
    return new AddressMap(blocks);
  }

  /** The later a use is entered, the more it says. */
  private static Map<Place, Entry> taken(Desired desired, Observed observed) {
    Map<Place, Entry> taken = new HashMap<>();
    for (Instance instance : desired.instances()) {
      instance.network().stream()
          .flatMap(Place::of)
          .forEach(place -> put(taken, place, Use.NAMED, instance.name(), instance.owner(), null));
    }
    for (TrashedInstance trashed : observed.trash()) {
      Instant removed = trashed.removed();
      Instant end = removed == null ? null : removed.plus(desired.site().quarantine());
      if (end == null || !end.isBefore(observed.at())) {
        leases(taken, trashed.record(), Use.TRASHED, end);
      }
      left(taken, trashed.record(), desired, observed);
    }
    for (ObservedInstance seen : observed.instances()) {
      if (seen.record() != null) {
        left(taken, seen.record(), desired, observed);
      }
    }
    for (ObservedInstance seen : observed.instances()) {
      if (seen.record() != null) {
        leases(taken, seen.record(), Use.LEASED, null);
      }
    }
    return taken;
  }

  private static void leases(
      Map<Place, Entry> taken, InstanceRecord record, Use use, @Nullable Instant until) {
    record.leases().stream()
        .flatMap(Place::of)
        .forEach(place -> put(taken, place, use, record.name(), record.owner(), until));
  }

  private static void left(
      Map<Place, Entry> taken, InstanceRecord record, Desired desired, Observed observed) {
    for (LeftAddress left : record.left()) {
      Instant end = left.at() == null ? null : left.at().plus(desired.site().quarantine());
      if (end == null || !end.isBefore(observed.at())) {
        put(taken, Place.of(left), Use.QUARANTINED, record.name(), record.owner(), end);
      }
    }
  }

  private static void put(
      Map<Place, Entry> taken,
      Place place,
      Use use,
      ResourceName instance,
      Owner owner,
      @Nullable Instant until) {
    IpAddress address = place.address();
    taken.put(place, new Entry(address, address, 1, use, instance, owner, until));
  }

  private static List<Entry> ipv4(Switch network, Map<Place, Entry> taken) {
    List<Entry> entries = new ArrayList<>();
    Cidr subnet = network.subnet();
    for (Ipv4Address at = subnet.network(); subnet.contains(at); at = at.next()) {
      Entry entry = taken.get(new Place(network.name(), at));
      add(
          entries,
          entry != null ? entry : new Entry(at, at, 1, use(at, network), null, null, null));
      if (at.equals(subnet.broadcast())) {
        break; // Of the last subnet of all, the next address is the first.
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

  private static List<Entry> ipv6(Switch network, Map<Place, Entry> taken) {
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
