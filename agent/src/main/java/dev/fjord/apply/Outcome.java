package dev.fjord.apply;

import dev.fjord.model.RebaseReport;
import dev.fjord.problem.Problem;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of one change.
 *
 * @param change its id
 * @param problem why it failed or was skipped; of one that was done, what it leaves undone, which
 *     hinders nothing and is reported only here; null for none
 * @param took zero when it was skipped
 * @param rebase what was carried over, also when the change failed after that; null for nothing
 */
public record Outcome(
    String change,
    Status status,
    @Nullable Problem problem,
    Duration took,
    @Nullable RebaseReport rebase) {

  public Outcome(String change, Status status, @Nullable Problem problem, Duration took) {
    this(change, status, problem, took, null);
  }

  /** How it ended. */
  public enum Status {
    DONE,
    FAILED,
    /** Its kernel runs and its guest has not answered yet: it goes on, and no run waits for it. */
    UNDER_WAY,
    /**
     * Not tried: what it requires failed, what it follows is still under way, or the agent was told
     * to stop.
     */
    SKIPPED
  }
}
