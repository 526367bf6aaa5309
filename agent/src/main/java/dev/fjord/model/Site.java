package dev.fjord.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The rules of the whole repository ({@code fjord.yaml}).
 *
 * @param deletionBudget how many instances a revision may remove without saying so in a trailer
 * @param windows when changes that wait for a maintenance window may run
 * @param unusedKept how long a version of an image or kernel stays once nothing needs it
 * @param quarantine how long an address that an instance has left is leased to no other instance
 */
public record Site(
    int deletionBudget, List<Window> windows, Duration unusedKept, Duration quarantine) {
  public static final Duration UNUSED_KEPT = Duration.ofDays(7);
  public static final Duration QUARANTINE = Duration.ofDays(7);

  public Site {
    windows = List.copyOf(windows);
  }

  public boolean windowOpen(Instant at) {
    return windows.stream().anyMatch(window -> window.isOpen(at));
  }
}
