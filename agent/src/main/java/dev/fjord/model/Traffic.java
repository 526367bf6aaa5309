package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may pass on a switch and beyond it.
 *
 * @param throughHost whether instances that are kept apart reach each other by way of the host
 * @param filtered whether guests are held to the addresses that they have leased
 * @param reach all that guests may reach beyond the switch, the host included; null for whatever
 *     the uplink gives
 */
public record Traffic(
    Uplink uplink,
    Isolation isolation,
    boolean throughHost,
    boolean filtered,
    @Nullable List<Destination> reach) {
  /** Guests are held to their leases, and are otherwise free. */
  public static final Traffic USUAL = new Traffic(Uplink.NONE, Isolation.NONE, false, true, null);

  public Traffic {
    reach = reach == null ? null : List.copyOf(reach);
  }
}
