package dev.fjord.report;

import dev.fjord.apply.Outcome;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import java.util.LinkedHashSet;
import java.util.Set;

/** How a run ended, for people: what is refused, what waits, problems, and one line in the end. */
public final class ResultText {
  private ResultText() {}

  public static String of(RunResult result, Paint paint) {
    StringBuilder out = new StringBuilder();
    Plan plan = result.plan();
    if (plan != null) {
      out.append(PlanText.rest(plan.refused(), plan.waiting(), paint));
    }
    out.append(ProblemText.of(problems(result), paint));
    result.silent().stream()
        .sorted()
        .forEach(name -> out.append("instance ").append(name).append(" does not answer\n"));
    return out.append(summary(result)).append('\n').toString();
  }

  private static Set<Problem> problems(RunResult result) {
    Set<Problem> problems = new LinkedHashSet<>();
    if (result.plan() != null) {
      problems.addAll(result.plan().problems());
    }
    problems.addAll(result.problems());
    return problems;
  }

  private static String summary(RunResult result) {
    if (result.plan() == null) {
      return "Nothing was changed: there is no plan.";
    }
    String text = "Host " + result.host() + ": ";
    text += result.outcomes().isEmpty() ? "nothing to do" : counts(result);
    text += ", " + (result.converged() ? "converged" : "not converged");
    return text
        + (result.revision() == null ? "" : " at " + Words.revision(result.revision()))
        + " ("
        + Words.took(result.took())
        + ").";
  }

  private static String counts(RunResult result) {
    String text = count(result, Outcome.Status.DONE) + " done";
    long failed = count(result, Outcome.Status.FAILED);
    long skipped = count(result, Outcome.Status.SKIPPED);
    long underWay = count(result, Outcome.Status.UNDER_WAY);
    text += underWay == 0 ? "" : ", " + underWay + " under way";
    text += failed == 0 ? "" : ", " + failed + " failed";
    return text + (skipped == 0 ? "" : ", " + skipped + " skipped");
  }

  private static long count(RunResult result, Outcome.Status status) {
    return result.outcomes().stream().filter(outcome -> outcome.status() == status).count();
  }
}
