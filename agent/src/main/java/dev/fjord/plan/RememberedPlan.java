package dev.fjord.plan;

import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans as {@code planning} does, and returns the last one again as long as a new one would
 * be equal: while all that it was made from is unchanged, and no time has come that changes it.
 *
 * <p>Time changes a plan in two ways. A time comes and stays: a quarantine, a wait or what is kept
 * ends. Or a maintenance window opens and closes again. So a plan is kept only when it waits for
 * nothing and a plan made {@link #LONGEST} later would be equal to it: then every plan between
 * those two times is equal, too. A plan that changes something is not kept. Not safe for use by
 * many threads.
 */
public final class RememberedPlan {
  /** This bounds what a mistake here could cost; making another plan now and then costs little. */
  public static final Duration LONGEST = Duration.ofMinutes(3);

  private final Planning planning;
  private @Nullable Made last;

  /** {@code Planner.plan}. */
  @FunctionalInterface
  public interface Planning {
    Plan plan(Desired desired, List<Problem> found, Observed observed, Target target);
  }

  private record Made(
      Desired desired, List<Problem> found, Observed observed, Target target, Plan plan) {

    boolean isOf(Desired desired, List<Problem> found, Observed seen, Target target) {
      Instant from = observed.at();
      return !seen.at().isBefore(from)
          && !seen.at().isAfter(from.plus(LONGEST))
          && this.desired.equals(desired)
          && this.found.equals(found)
          && this.target.equals(target)
          && seen.isAlike(observed);
    }
  }

  public RememberedPlan(Planning planning) {
    this.planning = planning;
  }

  /** The plan for these arguments, made now or before. */
  public Plan plan(Desired desired, List<Problem> found, Observed observed, Target target) {
    Made known = last;
    if (known != null && known.isOf(desired, found, observed, target)) {
      return known.plan();
    }
    last = null;
    Plan plan = planning.plan(desired, found, observed, target);
    if (plan.isEmpty() && plan.waiting().isEmpty()) {
      Observed later = observed.at(observed.at().plus(LONGEST));
      if (planning.plan(desired, found, later, target).equals(plan)) {
        last = new Made(desired, found, observed, target, plan);
      }
    }
    return plan;
  }
}
