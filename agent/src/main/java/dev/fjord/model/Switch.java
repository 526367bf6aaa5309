package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer-2 network with one IPv4 subnet, and an IPv6 one where it has it. The host itself is its
 * gateway, unless its uplink names another.
 *
 * @param bridge the Linux bridge's name
 * @param subnet without host bits
 * @param gateway never given to an instance
 * @param ipv6 null for none
 * @param reserved never given to an instance
 * @param pool from where addresses are leased to those that ask for none; empty for anywhere
 * @param mtu the largest packet on it, in bytes; null where none is named, and it follows from its
 *     uplink on each host
 */
public record Switch(
    ResourceName name,
    SwitchDriver driver,
    InterfaceName bridge,
    Cidr subnet,
    Ipv4Address gateway,
    @Nullable Ipv6Subnet ipv6,
    List<AddressRange> reserved,
    List<AddressRange> pool,
    Traffic traffic,
    Naming naming,
    @Nullable Integer mtu) {
  /** The MTU of Ethernet, and of guests that were given no other. */
  public static final int USUAL_MTU = 1500;

  public static final int SMALLEST_MTU = 576;
  public static final int LARGEST_MTU = 9216;

  /** No smaller packet has room for IPv6 (RFC 8200, section 5). */
  public static final int SMALLEST_MTU6 = 1280;

  public Switch {
    reserved = List.copyOf(reserved);
    pool = List.copyOf(pool);
  }

  /** The same with another MTU. */
  public Switch with(@Nullable Integer otherMtu) {
    return new Switch(
        name, driver, bridge, subnet, gateway, ipv6, reserved, pool, traffic, naming, otherMtu);
  }

  /** The one that is named, or else the usual. */
  public int mtuOrUsual() {
    return mtu == null ? USUAL_MTU : mtu;
  }

  /** The one port of a uml_switch(1): its tap, which no instance of that name can have. */
  public InterfaceName daemonTap() {
    return daemonTap(name);
  }

  /** The same, of the switch of that name. */
  public static InterfaceName daemonTap(ResourceName name) {
    return new InterfaceName("fju-" + Digest.ofText(name.value()).hex().substring(0, 8));
  }

  /** Whether uml_switch(1) connects its guests, so that they have no taps of their own. */
  public boolean hasDaemon() {
    return driver == SwitchDriver.UML_SWITCH;
  }

  /** Whether the host itself is the gateway there, and passes on what is for other networks. */
  public boolean isRoutedByHost() {
    return traffic.uplink().isByHost();
  }

  /**
   * Whether its bridge was not made by fjord, which then adds ports to it and does nothing else.
   */
  public boolean isExisting() {
    return traffic.uplink().mode() == Uplink.Mode.EXISTING;
  }

  /** Whether that instance is the gateway there, and so forwards what others have sent. */
  public boolean isRouter(ResourceName instance, Owner owner) {
    Uplink.Router router = traffic.uplink().router();
    return router != null && router.is(instance, owner);
  }

  /** The gateway's address as an interface carries it. */
  public Cidr gatewayOnInterface() {
    return new Cidr(gateway, subnet.prefix());
  }

  /** Whether an instance may hold {@code address}. */
  public boolean mayLease(Ipv4Address address) {
    return subnet.isUsable(address)
        && !address.equals(gateway)
        && reserved.stream().noneMatch(range -> range.contains(address));
  }

  /** Whether {@code address} is given to an instance that asks for none. */
  public boolean isInPool(Ipv4Address address) {
    return mayLease(address)
        && (pool.isEmpty() || pool.stream().anyMatch(range -> range.contains(address)));
  }
}
