package dev.fjord.load.document;

import dev.fjord.model.AddressRange;
import dev.fjord.model.Cidr;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
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
    List<AddressRange> reserved = new ArrayList<>();
    for (Part item : spec.field("reserved").items()) {
      AddressRange range = item.read(AddressRange::parse);
      if (range != null) {
        reserved.add(range);
        refuseOutside(item, range, subnet);
      }
    }
    if (subnet == null || gateway == null || bridge == null) {
      return null;
    }
    return new Spec.OfSwitch(
        new Switch(name, bridge, subnet, gateway, reserved),
        spec.field("subnet").at(),
        spec.field("bridge").at());
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
      return part.read(InterfaceName::parse);
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
