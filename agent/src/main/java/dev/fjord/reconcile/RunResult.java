package dev.fjord.reconcile;

import dev.fjord.apply.Outcome;
import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.OrderedRestart;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came of one run. What was done is never hidden by what failed.
 *
 * @param desiredRevision the newest commit that may be applied; null when none is known
 * @param revision the commit that the plan was made for: an older one while the newest is faulty
 * @param desired what that commit asks for; null when none could be read
 * @param plan null when the run did not get as far; {@code problems} then says why
 * @param outcomes in the plan's order; empty when nothing was applied
 * @param observed the host after the apply; null when it could not be looked at
 * @param silent instances that should answer and do not
 * @param converged nothing is left to do: looked at again, the host is as the revision says
 * @param problems of the run itself: the fetch, a faulty newest commit, the look at the host. Those
 *     of the plan are in the plan
 * @param restarts what the plan made of each order to restart a machine
 */
public record RunResult(
    ResourceName host,
    @Nullable String desiredRevision,
    @Nullable String revision,
    @Nullable Desired desired,
    @Nullable Plan plan,
    List<Outcome> outcomes,
    @Nullable Observed observed,
    Set<ResourceName> silent,
    boolean converged,
    List<Problem> problems,
    Instant started,
    Duration took,
    List<OrderedRestart> restarts) {
  public RunResult {
    restarts = List.copyOf(restarts);
    outcomes = List.copyOf(outcomes);
    silent = Set.copyOf(silent);
    problems = List.copyOf(problems);
  }

  /**
   * Whether all stages of the run came to their end. A run that did not leaves the host as it is or
   * acts on the revision before.
   */
  public boolean cameThrough() {
    return plan != null && !isBroken(problems) && !isBroken(plan.problems());
  }

  static boolean isBroken(List<Problem> problems) {
    return problems.stream().anyMatch(problem -> problem.code().equals(Stages.BROKE));
  }

  /** The same result with one more problem, from what was done with it. */
  public RunResult and(Problem problem) {
    List<Problem> all = new ArrayList<>(problems);
    all.add(problem);
    return new RunResult(
        host,
        desiredRevision,
        revision,
        desired,
        plan,
        outcomes,
        observed,
        silent,
        converged,
        all,
        started,
        took,
        restarts);
  }

  /** Whether a change failed or was skipped. */
  public boolean failed() {
    return outcomes.stream()
        .map(Outcome::status)
        .anyMatch(status -> status == Outcome.Status.FAILED || status == Outcome.Status.SKIPPED);
  }
}
