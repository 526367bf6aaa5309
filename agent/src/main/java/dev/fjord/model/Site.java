package dev.fjord.model;

import java.time.Instant;
import java.util.List;

/**
 * The rules of the whole repository ({@code fjord.yaml}).
 *
 * @param deletionBudget how many instances a revision may remove without saying so in a trailer
 * @param windows when changes that wait for a maintenance window may run
 */
public record Site(int deletionBudget, List<Window> windows) {
  public Site {
    windows = List.copyOf(windows);
  }

  public boolean windowOpen(Instant at) {
    return windows.stream().anyMatch(window -> window.isOpen(at));
  }
}
