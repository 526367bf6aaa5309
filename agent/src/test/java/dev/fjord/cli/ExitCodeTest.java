package dev.fjord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.app.ExitCode;
import dev.fjord.apply.Outcome;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.HostBounds;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Plans;
import dev.fjord.report.Presence;
import dev.fjord.report.Results;
import dev.fjord.report.Status;
import dev.fjord.report.StatusBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
  private static final Outcome DONE = Results.outcome("create/image/tiny", Outcome.Status.DONE);
  private static final Outcome FAILED = Results.outcome("create/image/tiny", Outcome.Status.FAILED);
  private static final Outcome SKIPPED =
      Results.outcome("create/image/tiny", Outcome.Status.SKIPPED);
  private static final Problem FETCH = Problem.of("fetch-failed", "no route to host");

  @Test
  void nothing_to_do_is_success() {
    RunResult result = Results.of(Plans.empty(), true);
    assertThat(ExitCode.ofPreview(result)).isEqualTo(ExitCode.OK);
    assertThat(ExitCode.ofApply(result)).isEqualTo(ExitCode.OK);
  }

  @Test
  void no_plan_is_an_error() {
    assertThat(ExitCode.ofPreview(Results.failed(FETCH))).isEqualTo(ExitCode.ERROR);
    assertThat(ExitCode.ofApply(Results.failed(FETCH))).isEqualTo(ExitCode.ERROR);
  }

  @Test
  void another_run_has_its_own_code() {
    assertThat(ExitCode.of(List.of(Problem.of("locked", "another run"))))
        .isEqualTo(ExitCode.LOCKED);
    assertThat(ExitCode.of(List.of(FETCH))).isEqualTo(ExitCode.ERROR);
  }

  @Test
  void changes_are_told_by_plan_and_done_by_apply() {
    assertThat(ExitCode.ofPreview(Results.of(plan(true, false, false), false)))
        .isEqualTo(ExitCode.CHANGES);
    assertThat(ExitCode.ofApply(Results.of(plan(true, false, false), true, DONE)))
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void what_only_waits_is_neither_done_nor_wrong() {
    assertThat(ExitCode.ofPreview(Results.of(plan(false, false, true), true)))
        .isEqualTo(ExitCode.WAITING);
    assertThat(ExitCode.ofApply(Results.of(plan(true, false, true), true, DONE)))
        .isEqualTo(ExitCode.WAITING);
  }

  @Test
  void the_worst_is_told() {
    Plan all = plan(true, true, true);
    assertThat(ExitCode.ofPreview(Results.of(all, false))).isEqualTo(ExitCode.REFUSED);
    assertThat(ExitCode.ofPreview(Results.of(plan(true, false, true), false)))
        .isEqualTo(ExitCode.CHANGES);
    assertThat(ExitCode.ofApply(Results.of(all, false, DONE))).isEqualTo(ExitCode.REFUSED);
    assertThat(ExitCode.ofApply(Results.of(all, false, FAILED))).isEqualTo(ExitCode.PARTLY_FAILED);
    assertThat(ExitCode.ofApply(Results.of(all, false, SKIPPED))).isEqualTo(ExitCode.PARTLY_FAILED);
  }

  @Test
  void a_host_that_differs_after_all_was_done_is_no_success() {
    assertThat(ExitCode.ofApply(Results.of(plan(true, false, false), false, DONE)))
        .isEqualTo(ExitCode.ERROR);
  }

  @Test
  void a_repository_that_could_not_be_asked_is_no_success() {
    RunResult result = Results.withProblem(Results.of(Plans.empty(), true), FETCH);
    assertThat(ExitCode.ofApply(result)).isEqualTo(ExitCode.ERROR);
    assertThat(ExitCode.ofPreview(result)).isEqualTo(ExitCode.ERROR);
  }

  @Test
  void a_run_that_broke_is_an_error_whatever_else_it_did() {
    Problem broke = Problem.of("stage-broke", "planning broke: java.lang.StackOverflowError");
    RunResult result = Results.withProblem(Results.of(plan(true, true, false), false, DONE), broke);
    assertThat(ExitCode.ofApply(result)).isEqualTo(ExitCode.ERROR);
    assertThat(ExitCode.ofPreview(result)).isEqualTo(ExitCode.ERROR);
  }

  @Test
  void a_status_is_as_good_as_who_said_it() {
    Presence agent = new Presence(Presence.Kind.AGENT, 1L);
    Status agents = status(Results.of(Plans.empty(), true), true);
    assertThat(ExitCode.ofStatus(agents, agent)).isEqualTo(ExitCode.OK);
    assertThat(ExitCode.ofStatus(agents, Presence.NOBODY)).isEqualTo(ExitCode.ERROR);
    Status unfetched = status(Results.withProblem(Results.of(Plans.empty(), true), FETCH), true);
    assertThat(ExitCode.ofStatus(unfetched, agent)).isEqualTo(ExitCode.ERROR);
    Status byHand = status(Results.of(Plans.empty(), true), false);
    assertThat(ExitCode.ofStatus(byHand, Presence.NOBODY)).isEqualTo(ExitCode.OK);
    Status waiting = status(Results.of(plan(false, false, true), true), true);
    assertThat(ExitCode.ofStatus(waiting, agent)).isEqualTo(ExitCode.WAITING);
    Status refused = status(Results.of(plan(false, true, false), false), true);
    assertThat(ExitCode.ofStatus(refused, agent)).isEqualTo(ExitCode.REFUSED);
    assertThat(ExitCode.ofStatus(refused, Presence.NOBODY)).isEqualTo(ExitCode.ERROR);
    Status failed = status(Results.failed(FETCH), true);
    assertThat(ExitCode.ofStatus(failed, agent)).isEqualTo(ExitCode.ERROR);
  }

  private static Status status(RunResult result, boolean byAgent) {
    return StatusBuilder.of(
        result,
        null,
        HostBounds.NONE,
        pid -> null,
        (name, image) -> null,
        free -> new DiskForecast.Unknown(0, Duration.ZERO),
        byAgent);
  }

  private static Plan plan(boolean changes, boolean refused, boolean waiting) {
    Plan full = Plans.full();
    List<Refusal> refusals = refused ? full.refused() : List.of();
    List<Waiting> waits = waiting ? full.waiting() : List.of();
    return new Plan(
        full.host(),
        full.revision(),
        changes ? full.changes().subList(0, 1) : List.of(),
        refusals,
        waits,
        List.of(),
        List.of());
  }
}
