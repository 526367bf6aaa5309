package dev.fjord.load;

import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.model.Cidr;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.Switch;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** Whether an instance may have the addresses that it asks for. */
final class AddressCheck {
  private AddressCheck() {}

  /** The reasons why not. */
  static List<Problem> faults(String subject, InstanceSpec.Plug plug, Switch network) {
    List<Problem> faults = new ArrayList<>();
    Said<Ipv4Address> address = plug.address();
    if (address != null && !network.mayLease(address.value())) {
      String why = why(address.value(), network);
      faults.add(fault(subject, address, network, why, network.subnet().toString()));
    }
    Said<Ipv6Address> address6 = plug.address6();
    Ipv6Subnet ipv6 = network.ipv6();
    if (address6 != null && ipv6 == null) {
      faults.add(
          Problem.of(
                  "bad-address",
                  subject
                      + " asks for "
                      + address6.value()
                      + " on switch "
                      + network.name()
                      + ", which has no IPv6")
              .hint("leave 'address6' out, or give the Switch a 'subnet6'")
              .at(address6.at()));
    } else if (address6 != null && ipv6 != null && !ipv6.mayLease(address6.value())) {
      faults.add(fault(subject, address6, network, why(address6.value(), ipv6), ipv6.toString()));
    }
    return faults;
  }

  private static Problem fault(
      String subject, Said<? extends IpAddress> said, Switch network, String why, String subnet) {
    return Problem.of(
            "bad-address",
            subject + " asks for " + said.value() + " on switch " + network.name() + ", " + why)
        .hint("leave the address out and one is leased, or take a free one of " + subnet)
        .at(said.at());
  }

  private static String why(Ipv6Address address, Ipv6Subnet subnet) {
    if (!subnet.contains(address)) {
      return "whose subnet6 is " + subnet;
    }
    return address.equals(subnet.gateway())
        ? "where it is the gateway's"
        : "where it is that of every router (RFC 4291, section 2.6.1)";
  }

  private static String why(Ipv4Address address, Switch network) {
    Cidr subnet = network.subnet();
    if (!subnet.contains(address)) {
      return "whose subnet is " + subnet;
    }
    if (address.equals(subnet.network())) {
      return "where it is the network's own";
    }
    if (address.equals(subnet.broadcast())) {
      return "where it is the broadcast address";
    }
    return address.equals(network.gateway()) ? "where it is the gateway's" : "where it is reserved";
  }
}
