package dev.fjord.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.ApplyText;
import dev.fjord.report.Plans;
import dev.fjord.report.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AgentLogTest {
  private final List<String> lines = new ArrayList<>();

  @Test
  void a_plan_that_fails_at_every_poll_is_told_once() {
    AtomicReference<String> told = new AtomicReference<>("");
    run(told);
    int once = lines.size();
    run(told);
    assertThat(once).isEqualTo(2);
    assertThat(lines).hasSize(once);
  }

  @Test
  void a_problem_is_told_when_it_comes_and_when_it_comes_back() {
    RunLog log = new RunLog(lines::add, lines::add);
    RunResult good = Results.of(Plans.empty(), true);
    RunResult bad = Results.withProblem(good, Problem.of("fetch-failed", "no route"));
    log.tell(good);
    log.tell(good);
    assertThat(lines).containsExactly("converged at " + Plans.REVISION);
    log.tell(bad);
    log.tell(bad);
    assertThat(lines).containsOnlyOnce("fjord: no route [fetch-failed]");
    log.tell(good);
    log.tell(bad);
    assertThat(lines.stream().filter(line -> line.contains("no route"))).hasSize(2);
  }

  private void run(AtomicReference<String> told) {
    OncePerPlan listener = new OncePerPlan(new ApplyText(lines::add, () -> 0), told, plan -> false);
    listener.planned(Plans.full());
    listener.started(Plans.full().changes().get(0));
  }
}
