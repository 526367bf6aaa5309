package dev.fjord.plan;

import dev.fjord.model.IpAddress;
import dev.fjord.model.Lease;
import dev.fjord.model.LeftAddress;
import dev.fjord.model.Nic;
import dev.fjord.model.ResourceName;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An address on a switch. */
record Place(ResourceName network, IpAddress address) {

  /** What a lease holds. */
  static Stream<Place> of(Lease lease) {
    return of(lease.network(), lease.address(), lease.address6());
  }

  /** What a document names. */
  static Stream<Place> of(Nic nic) {
    return of(nic.network(), nic.address(), nic.address6());
  }

  static Place of(LeftAddress left) {
    return new Place(left.network(), left.address());
  }

  private static Stream<Place> of(ResourceName network, @Nullable IpAddress... addresses) {
    return Stream.of(addresses)
        .filter(Objects::nonNull)
        .map(address -> new Place(network, Objects.requireNonNull(address)));
  }
}
