package dev.fjord.planner.address;

import dev.fjord.model.IpAddress;
import dev.fjord.model.Lease;
import dev.fjord.model.LeftAddress;
import dev.fjord.model.Nic;
import dev.fjord.model.ResourceName;
import java.util.Objects;
import java.util.stream.Stream;

/** An address on a switch. */
public record SwitchAddress(ResourceName network, IpAddress address) {

  /** What a lease holds. */
  public static Stream<SwitchAddress> of(Lease lease) {
    return lease.addresses().stream().map(address -> new SwitchAddress(lease.network(), address));
  }

  /** What a document names. */
  public static Stream<SwitchAddress> of(Nic nic) {
    return Stream.concat(Stream.of(nic.address(), nic.address6()), nic.further().stream())
        .filter(Objects::nonNull)
        .map(address -> new SwitchAddress(nic.network(), Objects.requireNonNull(address)));
  }

  public static SwitchAddress of(LeftAddress left) {
    return new SwitchAddress(left.network(), left.address());
  }
}
