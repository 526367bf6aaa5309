package dev.fjord.reconcile;

import dev.fjord.apply.Outcome;
import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values for tests, of which a few parts matter and the others are what is usual. */
public final class ReconcileFixtures {
  private ReconcileFixtures() {}

  /** Of a run that was given no order. */
  public static RunResult runResult(
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
      Duration took) {
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
        problems,
        started,
        took,
        List.of());
  }
}
