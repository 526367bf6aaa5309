package dev.fjord.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An address that an instance had and has moved away from.
 *
 * @param at when that was recorded; null in a plan, since the same plan has to come out twice
 */
public record LeftAddress(ResourceName network, IpAddress address, @Nullable Instant at) {
  /**
   * Older ones are forgotten, so that a document whose addresses change every day does not make a
   * record grow.
   */
  public static final int MOST = 16;

  /** What an instance has left once it holds {@code now}. */
  static List<LeftAddress> of(InstanceRecord before, List<Lease> now) {
    List<LeftAddress> left = new ArrayList<>(before.left());
    before.leases().stream().flatMap(LeftAddress::of).forEach(left::add);
    left.removeIf(one -> now.stream().flatMap(LeftAddress::of).anyMatch(one::isSame));
    return left.subList(Math.max(0, left.size() - MOST), left.size());
  }

  private static Stream<LeftAddress> of(Lease lease) {
    return lease.addresses().stream()
        .map(address -> new LeftAddress(lease.network(), address, null));
  }

  private boolean isSame(LeftAddress other) {
    return network.equals(other.network) && address.equals(other.address);
  }

  LeftAddress stamped(Instant now) {
    return at == null ? new LeftAddress(network, address, now) : this;
  }
}
