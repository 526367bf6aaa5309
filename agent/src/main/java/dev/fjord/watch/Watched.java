package dev.fjord.watch;

import dev.fjord.model.IpAddress;
import dev.fjord.model.ResourceName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance that should run.
 *
 * @param kernel null when no start of one is known
 * @param uid the user that its kernel runs as
 * @param addresses that this host should reach
 * @param tcp a port of its first address that should accept connections; null for none
 * @param repair whether it may be restarted
 * @param startDue when a start that was put off is due; null for none. Only without a kernel
 */
public record Watched(
    ResourceName name,
    @Nullable Main kernel,
    int uid,
    List<Address> addresses,
    @Nullable Integer tcp,
    boolean repair,
    java.time.@Nullable Instant startDue) {
  public Watched {
    addresses = List.copyOf(addresses);
  }

  /**
   * A kernel's main process; {@code started} distinguishes it from a later one with the same pid.
   *
   * @param started in clock ticks since the host booted
   */
  public record Main(long pid, long started) {}

  /**
   * An address and the switch that it is on.
   *
   * @param network the switch's name
   */
  public record Address(ResourceName network, IpAddress address) {}
}
