package dev.fjord.load.document;

import dev.fjord.model.AddressRange;
import dev.fjord.model.Cidr;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.Isolation;
import dev.fjord.model.Naming;
import dev.fjord.model.ReservedNames;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.Traffic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads switches. */
final class SwitchReader {
  private static final String BRIDGE_PREFIX = "fj-";
  private static final int LONGEST_INTERFACE_NAME = 15;

  private SwitchReader() {}

  static @Nullable Spec read(ResourceName name, Part spec) {
    Cidr subnet = subnet(spec.field("subnet"));
    Ipv4Address gateway = subnet == null ? null : gateway(spec.field("gateway"), subnet);
    InterfaceName bridge = bridge(name, spec);
    Ipv6Subnet ipv6 = Ipv6Parts.subnet(spec);
    List<AddressRange> reserved = ranges(spec.field("reserved"), subnet);
    List<AddressRange> pool = ranges(spec.field("pool"), subnet);
    Traffic traffic = TrafficReader.read(spec);
    Naming naming = naming(name, spec, traffic);
    Integer mtu = mtu(spec, ipv6);
    if (subnet == null || gateway == null || bridge == null) {
      return null;
    }
    SwitchDriver driver =
        Constants.read(spec.field("driver"), SwitchDriver.class, SwitchDriver.BRIDGE);
    refuseIsolation(spec, driver, traffic);
    return new Spec.OfSwitch(
        new Switch(
            name, driver, bridge, subnet, gateway, ipv6, reserved, pool, traffic, naming, mtu),
        spec.field("subnet").at(),
        spec.field("subnet6").at(),
        spec.field("bridge").at());
  }

  private static @Nullable Integer mtu(Part spec, @Nullable Ipv6Subnet ipv6) {
    Part part = spec.field("mtu");
    if (!part.isGiven()) {
      return null;
    }
    int mtu = part.integer(Switch.USUAL_MTU);
    if (ipv6 != null && mtu < Switch.SMALLEST_MTU6) {
      part.report(
          "bad-mtu",
          "IPv6 needs packets of " + Switch.SMALLEST_MTU6 + " bytes, and " + mtu + " are fewer",
          "write at least " + Switch.SMALLEST_MTU6 + ", or leave out 'subnet6'");
    }
    boolean daemon =
        Constants.read(spec.field("driver"), SwitchDriver.class, SwitchDriver.BRIDGE)
            == SwitchDriver.UML_SWITCH;
    if (daemon && mtu != Switch.USUAL_MTU) {
      part.report(
          "bad-mtu",
          "guests behind a uml_switch(1) send packets of up to " + Switch.USUAL_MTU + " bytes",
          "use 'driver: bridge', whose guests are told, or leave it out");
    }
    return mtu;
  }

  private static void refuseIsolation(Part spec, SwitchDriver driver, Traffic traffic) {
    if (driver == SwitchDriver.UML_SWITCH && traffic.isolation() != Isolation.NONE) {
      spec.field("isolation")
          .report(
              "bad-isolation",
              "guests of a uml_switch(1) reach each other within it, where the host sees nothing"
                  + " and can keep nobody apart",
              "use 'driver: bridge', or leave out 'isolation'");
    }
  }

  private static List<AddressRange> ranges(Part list, @Nullable Cidr subnet) {
    List<AddressRange> ranges = new ArrayList<>();
    for (Part item : list.items()) {
      AddressRange range = item.read(AddressRange::parse);
      if (range != null) {
        ranges.add(range);
        refuseOutside(item, range, subnet);
      }
    }
    return ranges;
  }

  private static Naming naming(ResourceName name, Part spec, Traffic traffic) {
    Naming none = Naming.none(name);
    String domain = spec.field("domain").text();
    List<IpAddress> servers = new ArrayList<>();
    for (Part item : spec.field("nameservers").items()) {
      IpAddress server = item.read(IpAddress::parse);
      if (server != null) {
        servers.add(server);
      }
    }
    boolean served = spec.field("dns").bool(false);
    if (served && !traffic.uplink().isByHost()) {
      spec.field("dns")
          .report(
              "bad-dns",
              "names are served on the gateway's address, and with 'uplink: "
                  + TrafficReader.word(traffic.uplink())
                  + "' that is another machine's",
              "name that machine, or another one that serves names, in 'nameservers'");
    }
    String reason = domain == null ? null : ReservedNames.domainReason(domain);
    if (reason != null) {
      spec.field("domain")
          .report(
              "bad-domain",
              "no machine's name can end in '" + domain + "': " + reason,
              "take a domain of your own, or one below 'internal' or 'home.arpa'");
    }
    return new Naming(served, domain == null ? none.domain() : domain, servers);
  }

  private static @Nullable Cidr subnet(Part part) {
    Cidr subnet = part.read(Cidr::parse);
    if (subnet != null && !subnet.isSubnet()) {
      Cidr meant = new Cidr(subnet.network(), subnet.prefix());
      part.report("bad-subnet", subnet + " is an address in a subnet", "the subnet is " + meant);
      return null;
    }
    return subnet;
  }

  private static @Nullable Ipv4Address gateway(Part part, Cidr subnet) {
    if (!part.isGiven()) {
      return subnet.network().next();
    }
    Ipv4Address gateway = part.read(Ipv4Address::parse);
    if (gateway != null && !subnet.isUsable(gateway)) {
      part.report(
          "bad-gateway",
          gateway + " is no address that a machine in " + subnet + " can have",
          "take one between the first and the last of them, or leave the field out");
      return null;
    }
    return gateway;
  }

  private static void refuseOutside(Part part, AddressRange range, @Nullable Cidr subnet) {
    if (subnet != null && !(subnet.contains(range.first()) && subnet.contains(range.last()))) {
      part.report("bad-address", range + " is not inside " + subnet, null);
    }
  }

  private static @Nullable InterfaceName bridge(ResourceName name, Part spec) {
    Part part = spec.field("bridge");
    if (part.isGiven()) {
      return InterfaceWords.bridge(part);
    }
    String standard = BRIDGE_PREFIX + name;
    if (standard.length() <= LONGEST_INTERFACE_NAME) {
      return new InterfaceName(standard);
    }
    spec.report(
        "missing-field",
        "a bridge cannot be called '" + standard + "': interface names have at most 15 characters",
        "name it yourself in a field 'bridge', or shorten the switch's name");
    return null;
  }
}
