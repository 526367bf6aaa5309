package dev.fjord.load.document;

import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Ipv6Subnet;
import org.jspecify.annotations.Nullable;

/** Reads a switch's IPv6 subnet, and the host's address on it. */
final class Ipv6Parts {
  private Ipv6Parts() {}

  static @Nullable Ipv6Subnet subnet(Part spec) {
    Part part = spec.field("subnet6");
    Part gatewayPart = spec.field("gateway6");
    Ipv6Subnet subnet = part.read(Ipv6Parts::parse);
    if (part.isAbsent() && gatewayPart.isGiven()) {
      gatewayPart.report("bad-gateway", "there is no 'subnet6' for it", null);
    }
    if (subnet == null) {
      return null;
    }
    if (!subnet.isWithoutHostBits()) {
      part.report("bad-subnet", subnet + " is an address in a subnet", "set its last bits to 0");
      return null;
    }
    Ipv6Address gateway = gatewayPart.read(Ipv6Address::parse);
    if (gateway == null) {
      return subnet;
    }
    if (!subnet.contains(gateway) || gateway.equals(subnet.network())) {
      gatewayPart.report(
          "bad-gateway",
          gateway + " is no address that a machine in " + subnet + " can have",
          "take one inside of it, or leave the field out");
      return null;
    }
    return new Ipv6Subnet(subnet.network(), subnet.prefix(), gateway);
  }

  /** With the first address after its own as the gateway's. */
  private static Ipv6Subnet parse(String text) {
    int slash = text.indexOf('/');
    Ipv6Address network = Ipv6Address.parse(text.substring(0, slash));
    return new Ipv6Subnet(network, Integer.parseInt(text.substring(slash + 1)), network.next());
  }
}
