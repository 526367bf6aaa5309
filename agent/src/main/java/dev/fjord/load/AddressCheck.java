package dev.fjord.load;

import dev.fjord.load.document.Said;
import dev.fjord.model.Cidr;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Switch;
import dev.fjord.problem.Problem;
import org.jspecify.annotations.Nullable;

/** Whether an instance may have the address that it asks for. */
final class AddressCheck {
  private AddressCheck() {}

  /** The reason why not, or null. */
  static @Nullable Problem fault(String subject, Said<Ipv4Address> said, Switch network) {
    Ipv4Address address = said.value();
    if (network.mayLease(address)) {
      return null;
    }
    Cidr subnet = network.subnet();
    return Problem.of(
            "bad-address",
            subject
                + " asks for "
                + address
                + " on switch "
                + network.name()
                + ", "
                + why(address, network))
        .hint("leave the address out and one is leased, or take a free one of " + subnet)
        .at(said.at());
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
