package dev.fjord.model;

import java.util.Set;

/**
 * Taps that somebody deleted under a kernel: it holds a descriptor that is dead for good, also when
 * there is a tap of that name again.
 *
 * @param taps what its record leases and it does not hold; empty unless it holds a dead descriptor
 * @param mendable whether it is known to take up a new tap without a restart
 */
public record LostTaps(Set<InterfaceName> taps, boolean mendable) {
  public static final LostTaps NONE = new LostTaps(Set.of(), true);

  public LostTaps {
    taps = Set.copyOf(taps);
  }
}
