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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether an instance may have the addresses that it asks for. */
final class AddressCheck {
  private AddressCheck() {}

  /** The reasons why not. */
  static List<Problem> faults(Claim claim, InstanceSpec.Plug plug, Switch network) {
    String subject = claim.title();
    boolean router = network.isRouter(claim.name(), claim.owner());
    List<Problem> faults = new ArrayList<>();
    Set<IpAddress> named = new HashSet<>();
    for (Said<? extends IpAddress> said : plug.addresses()) {
      switch (said.value()) {
        case Ipv4Address four -> {
          boolean its = router && said.equals(plug.address());
          if (its && !four.equals(network.gateway())) {
            faults.add(notGateway(subject, said, network, network.gateway()));
          } else if (!its && !network.mayLease(four)) {
            String subnet = network.subnet().toString();
            faults.add(fault(subject, said, network, why(four, network), subnet));
          }
        }
        case Ipv6Address six -> {
          boolean its = router && said.equals(plug.address6()) && network.ipv6() != null;
          IpAddress gateway6 = network.ipv6() == null ? null : network.ipv6().gateway();
          if (its && !six.equals(gateway6)) {
            faults.add(notGateway(subject, said, network, gateway6));
          } else if (!its) {
            faults.addAll(faults(subject, said, six, network));
          }
        }
      }
      if (!named.add(said.value())) {
        faults.add(
            Problem.of("duplicate-address", subject + " names " + said.value() + " twice")
                .hint("'addresses' are those beside 'address' and 'address6'")
                .at(said.at()));
      }
    }
    return faults;
  }

  private static List<Problem> faults(
      String subject, Said<? extends IpAddress> said, Ipv6Address address, Switch network) {
    Ipv6Subnet ipv6 = network.ipv6();
    if (ipv6 == null) {
      return List.of(
          Problem.of(
                  "bad-address",
                  subject
                      + " asks for "
                      + address
                      + " on switch "
                      + network.name()
                      + ", which has no IPv6")
              .hint("leave it out, or give the Switch a 'subnet6'")
              .at(said.at()));
    }
    return ipv6.mayLease(address)
        ? List.of()
        : List.of(fault(subject, said, network, why(address, ipv6), ipv6.toString()));
  }

  private static Problem notGateway(
      String subject, Said<? extends IpAddress> said, Switch network, @Nullable IpAddress gateway) {
    return Problem.of(
            "bad-address",
            "%s asks for %s on switch %s, whose router it is: the others look for it at %s"
                .formatted(subject, said.value(), network.name(), gateway))
        .hint("leave the address out, or write the switch's gateway there")
        .at(said.at());
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
