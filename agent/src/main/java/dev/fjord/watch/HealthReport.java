package dev.fjord.watch;

import dev.fjord.model.Ailment;
import dev.fjord.model.Ailment.Repair;
import dev.fjord.model.ResourceName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the watch publishes, for the planner and for a later agent.
 *
 * @param at when it looked
 * @param intervalMillis between two checks
 * @param repairs restarts meant to mend an ailment that still count, also of those that are well
 *     now
 */
public record HealthReport(
    Instant at,
    long intervalMillis,
    Map<ResourceName, Ailment> ailments,
    Map<ResourceName, List<Repair>> repairs) {
  /** What the first watch on a host starts from. */
  public static final HealthReport NOTHING = new HealthReport(Instant.EPOCH, 0, Map.of(), Map.of());

  private static final int STALE = 4;

  /** A check that found much wrong takes some seconds itself. */
  private static final Duration SLACK = Duration.ofSeconds(15);

  public HealthReport {
    ailments = Map.copyOf(ailments);
    repairs = Map.copyOf(repairs);
  }

  /** Whether the watch seems to have stopped, so that the report may be out of date. */
  public boolean isStale(Instant now) {
    Duration age = Duration.between(at, now).abs(); // A clock set back counts, too.
    return age.compareTo(Duration.ofMillis(STALE * intervalMillis).plus(SLACK)) > 0;
  }
}
