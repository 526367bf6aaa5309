package dev.fjord.planner.address;

import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses addresses: the one that a document names, else the one that is held already, else a free
 * one.
 *
 * @param given the addresses of other interfaces of the instance that asks
 */
record AddressAllocator(
    Map<ResourceName, Switch> switches, AddressLedger ledger, Set<SwitchAddress> given) {
  private static final String MORE_ROOM =
      "'fjord addresses' shows who has which, and when one in quarantine is free again. Name"
          + " another switch, remove an instance, or widen the switch's pool or subnet.";

  /** This allocator, with these leases given to other interfaces of the instance that asks. */
  AddressAllocator beside(Collection<Lease> leases) {
    return new AddressAllocator(
        switches, ledger, leases.stream().flatMap(SwitchAddress::of).collect(Collectors.toSet()));
  }

  Ipv4Address ipv4(Instance asking, Nic nic, @Nullable InstanceRecord before)
      throws AllocationRefused {
    Switch network = network(nic);
    if (nic.address() != null) {
      refuseIfHeld(asking, network, nic.address());
      return nic.address();
    }
    Ipv4Address held = held(asking, network, before, Lease::address);
    return held != null && network.mayLease(held) ? held : lowestFree(asking, network);
  }

  /** Null where the switch has no IPv6. */
  @Nullable Ipv6Address ipv6(
      Instance asking, Nic nic, Ipv4Address ipv4, @Nullable InstanceRecord before)
      throws AllocationRefused {
    Switch network = network(nic);
    Ipv6Subnet subnet = network.ipv6();
    if (subnet == null) {
      return null;
    }
    if (nic.address6() != null) {
      refuseIfHeld(asking, network, nic.address6());
      return nic.address6();
    }
    Ipv6Address held = held(asking, network, before, Lease::address6);
    return held != null && subnet.mayLease(held) ? held : lowestFree(asking, network, subnet, ipv4);
  }

  /** The further addresses that a document names; none of them is chosen here. */
  List<IpAddress> further(Instance asking, Nic nic) throws AllocationRefused {
    for (IpAddress address : nic.further()) {
      refuseIfHeld(asking, network(nic), address);
    }
    return nic.further();
  }

  /** Refuses an interface that names what another instance holds. */
  void refuseIfHeld(Instance asking, Nic nic) throws AllocationRefused {
    for (SwitchAddress place : SwitchAddress.of(nic).toList()) {
      refuseIfHeld(asking, network(nic), place.address());
    }
  }

  private Switch network(Nic nic) {
    return Objects.requireNonNull(switches.get(nic.network()));
  }

  private void refuseIfHeld(Instance asking, Switch network, IpAddress address)
      throws AllocationRefused {
    SwitchAddress place = new SwitchAddress(network.name(), address);
    String holder =
        given.contains(place) ? "another of its interfaces" : ledger.other(place, asking);
    if (holder != null) {
      throw new AllocationRefused(
          "address " + address + " on switch " + network.name() + " is held by " + holder,
          "Ask for another address, or leave 'address' out and the lowest free one is leased.");
    }
  }

  /** An instance that lay in the trash for long may have lost its address to another one. */
  private <T extends IpAddress> @Nullable T held(
      Instance asking,
      Switch network,
      @Nullable InstanceRecord before,
      Function<Lease, @Nullable T> address) {
    if (before != null) {
      for (Lease lease : before.leases()) {
        T held = address.apply(lease);
        if (held != null
            && lease.network().equals(network.name())
            && isItsOwn(new SwitchAddress(network.name(), held), asking)) {
          return held;
        }
      }
    }
    return null;
  }

  private boolean isItsOwn(SwitchAddress place, Instance asking) {
    return !given.contains(place)
        && asking.network().stream().flatMap(SwitchAddress::of).noneMatch(place::equals)
        && ledger.other(place, asking) == null;
  }

  private boolean isFree(SwitchAddress place, Instance asking) {
    return !given.contains(place) && ledger.isFree(place, asking);
  }

  private Ipv4Address lowestFree(Instance asking, Switch network) throws AllocationRefused {
    List<Ipv4Address> free = free(asking, network);
    return free.stream()
        .filter(address -> !ledger.isFormer(new SwitchAddress(network.name(), address)))
        .findFirst()
        .or(() -> free.stream().findFirst())
        .orElseThrow(() -> new AllocationRefused(exhausted(asking, network), MORE_ROOM));
  }

  /** The free addresses, up to the first that no instance in the trash had: that one is taken. */
  private List<Ipv4Address> free(Instance asking, Switch network) {
    List<Ipv4Address> free = new ArrayList<>();
    Ipv4Address address = network.subnet().network().next();
    for (; network.subnet().isUsable(address); address = address.next()) {
      SwitchAddress place = new SwitchAddress(network.name(), address);
      if (network.isInPool(address) && isFree(place, asking)) {
        free.add(address);
        if (!ledger.isFormer(place)) {
          break;
        }
      }
    }
    return free;
  }

  /** Prefers the number of the IPv4 address, since people remember one number. */
  private Ipv6Address lowestFree(
      Instance asking, Switch network, Ipv6Subnet subnet, Ipv4Address ipv4)
      throws AllocationRefused {
    long number = Integer.toUnsignedLong(ipv4.bits() - network.subnet().network().bits());
    Ipv6Address same = subnet.network().plus(number);
    if (isFree(asking, network, subnet, same)) {
      return same;
    }
    Ipv6Address address = subnet.network().next();
    for (; subnet.contains(address); address = address.next()) {
      if (isFree(asking, network, subnet, address)) {
        return address;
      }
    }
    throw new AllocationRefused(
        "switch " + network.name() + " (" + subnet + ") has no free address", MORE_ROOM);
  }

  private boolean isFree(Instance asking, Switch network, Ipv6Subnet subnet, Ipv6Address address) {
    return subnet.mayLease(address) && isFree(new SwitchAddress(network.name(), address), asking);
  }

  private String exhausted(Instance asking, Switch network) {
    int all = 0;
    int quarantined = 0;
    Ipv4Address address = network.subnet().network().next();
    for (; network.subnet().isUsable(address); address = address.next()) {
      if (network.isInPool(address)) {
        all++;
        quarantined += ledger.isQuarantined(new SwitchAddress(network.name(), address)) ? 1 : 0;
      }
    }
    return "switch %s (%s) has no free address: of the %d in its %s %d are held or named%s; %s"
        .formatted(
            network.name(),
            network.subnet(),
            all,
            network.pool().isEmpty() ? "subnet" : "pool",
            all - quarantined,
            quarantined == 0 ? "" : " and " + quarantined + " in quarantine",
            elsewhere(asking, network));
  }

  private String elsewhere(Instance asking, Switch full) {
    List<String> free = new ArrayList<>();
    for (ResourceName name : new TreeSet<>(switches.keySet())) {
      Switch network = Objects.requireNonNull(switches.get(name));
      int count = name.equals(full.name()) ? 0 : count(asking, network);
      if (count > 0) {
        free.add(count + " on " + name);
      }
    }
    return free.isEmpty()
        ? "no other switch has one"
        : "free elsewhere: " + String.join(", ", free);
  }

  private int count(Instance asking, Switch network) {
    int count = 0;
    Ipv4Address address = network.subnet().network().next();
    for (; network.subnet().isUsable(address); address = address.next()) {
      SwitchAddress place = new SwitchAddress(network.name(), address);
      count += network.isInPool(address) && isFree(place, asking) ? 1 : 0;
    }
    return count;
  }
}
