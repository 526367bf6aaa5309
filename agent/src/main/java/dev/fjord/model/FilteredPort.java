package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one instance may send on one port.
 *
 * @param lease its addresses, and its tap
 * @param rate of its interface; null for no limit
 */
public record FilteredPort(
    ResourceName instance,
    Owner owner,
    Lease lease,
    @Nullable Rate rate,
    List<PortForward> forwards) {
  public FilteredPort {
    forwards = List.copyOf(forwards);
  }
}
