package dev.fjord.model;

import java.util.Set;

/**
 * Taps that were deleted while a kernel used them: its descriptor is dead for good, even when a tap
 * of that name exists again.
 *
 * @param taps the taps that its record leases and the kernel does not hold; empty unless it holds a
 *     dead descriptor
 * @param mendable whether it is known to take up a new tap without a restart
 */
public record LostTaps(Set<InterfaceName> taps, boolean mendable) {
  public static final LostTaps NONE = new LostTaps(Set.of(), true);

  public LostTaps {
    taps = Set.copyOf(taps);
  }
}
