package dev.fjord.app;

import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Paint;
import dev.fjord.report.ProblemText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What an agent's log says after a run: only what has changed since the run before. */
final class RunLog {
  private final Consumer<String> info;
  private final Consumer<String> warn;
  private Set<Problem> known = Set.of();
  private String state = "";

  RunLog(Consumer<String> info, Consumer<String> warn) {
    this.info = info;
    this.warn = warn;
  }

  void tell(RunResult result) {
    List<Problem> problems = problems(result);
    for (Problem problem : problems) {
      if (!known.contains(problem)) {
        ProblemText.of(problem, Paint.NONE).lines().forEach(warn);
      }
    }
    known = new HashSet<>(problems);
    String now =
        (result.converged() ? "converged at " : "not converged at ")
            + (result.revision() == null ? "no revision" : result.revision());
    if (!now.equals(state)) {
      info.accept(now);
      state = now;
    }
  }

  private static List<Problem> problems(RunResult result) {
    List<Problem> problems = new ArrayList<>(result.problems());
    Plan plan = result.plan();
    if (plan != null) {
      problems.addAll(plan.problems());
      plan.refused().forEach(refusal -> problems.add(problem(refusal)));
    }
    Set<ResourceName> starting = starting(result);
    for (ResourceName name : result.silent().stream().sorted().toList()) {
      problems.add(
          starting.contains(name)
              ? Problem.of("starting", "instance " + name + " is starting: no answer yet")
              : Problem.of("silent", "instance " + name + " is silent"));
    }
    return problems;
  }

  private static Set<ResourceName> starting(RunResult result) {
    return result.observed() == null
        ? Set.of()
        : result.observed().instances().stream()
            .filter(ObservedInstance::isStarting)
            .map(ObservedInstance::name)
            .collect(Collectors.toSet());
  }

  private static Problem problem(Refusal refusal) {
    return Problem.of("refused-" + refusal.guard(), refusal.summary()).hint(refusal.hint());
  }
}
