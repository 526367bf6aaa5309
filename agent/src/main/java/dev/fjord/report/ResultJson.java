package dev.fjord.report;

import dev.fjord.apply.Outcome;
import dev.fjord.model.ResourceName;
import dev.fjord.reconcile.RunResult;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run, as programs read it.
 *
 * @param plan null when the run did not get as far; {@code problems} then says why
 * @param outcomes in the plan's order
 * @param silent instances that should answer and do not, sorted
 */
public record ResultJson(
    int version,
    ResourceName host,
    @Nullable String desiredRevision,
    @Nullable String revision,
    boolean converged,
    Instant started,
    long tookMillis,
    @Nullable PlanJson plan,
    List<OutcomeJson> outcomes,
    List<ResourceName> silent,
    List<ProblemJson> problems) {

  /** What came of one change. */
  record OutcomeJson(
      String change,
      Outcome.Status status,
      long tookMillis,
      @Nullable ProblemJson problem,
      @Nullable RebaseJson rebase) {
    static OutcomeJson of(Outcome outcome) {
      return new OutcomeJson(
          outcome.change(),
          outcome.status(),
          outcome.took().toMillis(),
          outcome.problem() == null ? null : ProblemJson.of(outcome.problem()),
          outcome.rebase() == null ? null : RebaseJson.of(outcome.rebase()));
    }
  }

  public static ResultJson of(RunResult result) {
    return new ResultJson(
        PlanJson.VERSION,
        result.host(),
        result.desiredRevision(),
        result.revision(),
        result.converged(),
        result.started(),
        result.took().toMillis(),
        result.plan() == null ? null : PlanJson.of(result.plan()),
        result.outcomes().stream().map(OutcomeJson::of).toList(),
        result.silent().stream().sorted().toList(),
        ProblemJson.all(result.problems()));
  }

  public static String text(RunResult result) {
    return Json.pretty(of(result));
  }
}
