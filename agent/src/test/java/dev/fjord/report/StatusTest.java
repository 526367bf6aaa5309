package dev.fjord.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Outcome;
import dev.fjord.build.Golden;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Death;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.FileSystemUse;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.ReconcileFixtures;
import dev.fjord.reconcile.RunResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTest {
  private static final Instant NOW = Results.STARTED.plusSeconds(3700);
  private static final Instant END = Results.STARTED.plusSeconds(14);

  private static final Presence AGENT = new Presence(Presence.Kind.AGENT, 4242L);

  @TempDir private Path folder;

  @Test
  void a_table_tells_what_runs() throws Exception {
    String text = StatusText.of(status(full(), null), AGENT, NOW, Paint.NONE);
    assertThat(text.lines()).allMatch(line -> line.length() <= 120);
    Golden.matches("report/status.txt", text);
  }

  @Test
  void programs_read_json() throws Exception {
    Golden.matches("report/status.json", StatusJson.text(status(full(), null), AGENT));
  }

  @Test
  void a_disk_that_fills_is_told_with_its_forecast() {
    var result = full();
    var use = new FileSystemUse(ByteSize.gib(91), ByteSize.gib(9));
    var filling = Results.seeing(result, result.observed().with(use));
    assertThat(StatusText.of(status(filling, null), AGENT, NOW, Paint.NONE))
        .contains(
            "\ndisk: 91% used, 9 GiB free; it grows by 1 GiB a day, and would be full on"
                + " 2026-05-07\n");
    assertThat(StatusJson.text(status(filling, null), AGENT)).contains("\"percent\" : 91");
  }

  @Test
  void a_status_that_the_disk_does_not_take_is_read_from_the_run_directory() throws Exception {
    Layout layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    Status before = status(Results.of(Plans.empty(), true), null);
    StatusFile.write(layout, before);
    // What a full disk does to a file beside the old one, also to root.
    Files.move(folder.resolve("s"), folder.resolve("aside"));
    Files.writeString(folder.resolve("s"), "");
    Status now = status(later(Results.of(Plans.empty(), false), 60), before);
    StatusFile.write(layout, now);
    assertThat(StatusFile.read(layout).orThrow()).isEqualTo(now);
    Files.delete(folder.resolve("s"));
    Files.move(folder.resolve("aside"), folder.resolve("s"));
    assertThat(StatusFile.read(layout).orThrow()).as("the old one is no news").isEqualTo(now);
    StatusFile.write(layout, before);
    assertThat(StatusFile.read(layout).orThrow()).isEqualTo(before);
    assertThat(layout.statusAside()).doesNotExist();
  }

  @Test
  void one_instance_is_told_with_how_its_kernel_ended() throws Exception {
    var death =
        new Death(
            NOW.minusSeconds(185),
            4712L,
            Death.Cause.PANICKED,
            "its kernel panicked: Attempted to kill init! exitcode=0x00000009",
            List.of(
                "EXT4-fs error (device ubda): ext4_find_entry",
                "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009"));
    var status = status(Results.withDeath(full(), "bob", death), null);
    var bob =
        status.instances().stream()
            .filter(one -> one.name().value().equals("bob"))
            .findFirst()
            .orElseThrow();
    Golden.matches("report/status-instance.txt", StatusText.of(bob, status.at(), NOW, Paint.NONE));
    assertThat(StatusText.of(status, AGENT, NOW, Paint.NONE)).contains("panicked 3m05s ago");
    assertThat(StatusText.of(status, AGENT, NOW.plusSeconds(90_000), Paint.NONE))
        .doesNotContain("panicked");
  }

  @Test
  void a_host_without_instances_has_a_status() throws Exception {
    RunResult result = Results.failed(Plans.problem());
    Golden.matches(
        "report/status-nothing.txt", StatusText.of(status(result, null), AGENT, NOW, Paint.NONE));
  }

  @Test
  void since_moves_only_when_something_became_another() {
    Status first = status(Results.of(Plans.empty(), true), null);
    Status same = status(later(Results.of(Plans.empty(), true), 60), first);
    Status worse = status(later(Results.of(Plans.empty(), false), 120), same);
    assertThat(first.since()).isEqualTo(END);
    assertThat(same.since()).isEqualTo(END);
    assertThat(same.at()).isEqualTo(END.plusSeconds(60));
    assertThat(worse.since()).isEqualTo(END.plusSeconds(120));
  }

  @Test
  void a_host_that_could_not_be_looked_at_is_not_empty() {
    Status before = status(Results.of(Plans.empty(), true), null);
    Status after = status(later(Results.failed(Plans.problem()), 60), before);
    assertThat(after.instances()).isEqualTo(before.instances()).hasSize(4);
    assertThat(after.at()).isEqualTo(before.at());
    assertThat(after.converged()).isFalse();
    assertThat(after.problems()).hasSize(1);
  }

  @Test
  void an_instance_on_another_version_of_its_image_is_outdated() {
    assertThat(status(Results.declaring(full(), "newer"), null).instances())
        .filteredOn(Status.InstanceStatus::outdated)
        .hasSize(3);
    assertThat(status(Results.declaring(full(), "tiny"), null).instances())
        .noneMatch(Status.InstanceStatus::outdated);
  }

  @Test
  void one_that_is_outdated_tells_how_far_it_has_diverged() throws Exception {
    var status = status(Results.declaring(full(), "newer"), null);
    assertThat(status.instances())
        .extracting(Status.InstanceStatus::divergedBytes)
        .containsExactly(null, null, 38_928_384L, 38_928_384L);
    Golden.matches("report/status-outdated.txt", StatusText.of(status, AGENT, NOW, Paint.NONE));
    assertThat(StatusJson.text(status)).contains("\"divergedBytes\" : 38928384");
    assertThat(status(Results.declaring(full(), "tiny"), null).instances())
        .allMatch(one -> one.divergedBytes() == null);
  }

  @Test
  void what_an_agent_said_lasts_as_long_as_the_agent() {
    Status status = status(Results.of(Plans.empty(), true), null);
    assertThat(firstLine(status, AGENT)).startsWith("host slart: converged for 1h01m");
    assertThat(firstLine(status, Presence.NOBODY))
        .startsWith("host slart: no agent runs; converged when last looked at, 1h01m ago");
    assertThat(StatusJson.text(status, AGENT))
        .contains("\"converged\" : true", "\"kind\" : \"agent\"", "\"pid\" : 4242");
    assertThat(StatusJson.text(status, Presence.NOBODY))
        .contains("\"converged\" : false", "\"kind\" : \"nobody\"", "\"pid\" : null");
    Presence run = new Presence(Presence.Kind.RUN, 77L);
    assertThat(StatusText.of(status, run, NOW, Paint.NONE))
        .contains("no agent runs", "a run goes on (process 77)");
  }

  @Test
  void a_run_that_broke_is_told_with_the_age_of_the_last_good_one() {
    Problem broke = Problem.of("stage-broke", "planning broke: java.lang.StackOverflowError");
    Status good = status(Results.of(Plans.empty(), true), null);
    Status broken =
        status(Results.withProblem(later(Results.of(Plans.empty(), true), 60), broke), good);
    assertThat(broken.isBroken()).isTrue();
    assertThat(broken.lastGood()).isEqualTo(END);
    assertThat(broken.ended()).isEqualTo(END.plusSeconds(60));
    assertThat(StatusText.of(broken, AGENT, NOW, Paint.NONE))
        .contains(
            "not converged",
            "the last run did not come through",
            "the last good one ended 1h01m ago")
        .contains("planning broke: java.lang.StackOverflowError");
    assertThat(StatusJson.text(broken, AGENT)).contains("\"converged\" : false");
    assertThat(status(Results.failed(Plans.problem()), null).isBroken())
        .as("without a plan nothing was kept up")
        .isTrue();
    Status mended = status(later(Results.of(Plans.empty(), true), 120), broken);
    assertThat(mended.isBroken()).isFalse();
  }

  private static String firstLine(Status status, Presence presence) {
    return StatusText.of(status, presence, NOW, Paint.NONE).lines().findFirst().orElseThrow();
  }

  @Test
  void a_failure_before_there_is_an_instance_is_told() {
    Outcome failed = Results.outcome("create/image/tiny", Outcome.Status.FAILED);
    assertThat(status(Results.of(Plans.full(), false, failed), null).problems())
        .extracting(ProblemJson::problem)
        .containsExactly(Plans.problem());
  }

  @Test
  void what_is_written_is_read_again() {
    Layout layout = new Layout(folder, Path.of("/run/fjord"));
    Status status = status(full(), null);
    StatusFile.write(layout, status);
    assertThat(StatusFile.read(layout).orThrow()).isEqualTo(status);
  }

  @Test
  void a_missing_or_broken_file_is_a_problem_not_a_crash() throws Exception {
    Layout layout = new Layout(folder, Path.of("/run/fjord"));
    assertThat(StatusFile.read(layout).problems())
        .extracting(Problem::code)
        .containsExactly("no-status");
    for (String broken : new String[] {"", "{", "null", "{}", "[]", "{\"version\": \"x\"}"}) {
      Files.writeString(layout.status(), broken);
      assertThat(StatusFile.read(layout).problems())
          .as(broken)
          .extracting(Problem::code)
          .containsExactly("unreadable-json");
    }
  }

  @Test
  void foreign_text_is_harmless() {
    Problem hostile =
        Problem.of(Plans.HOSTILE, Plans.HOSTILE).detail(Plans.HOSTILE).hint(Plans.HOSTILE);
    Status status = status(Results.withProblem(full(), hostile), null);
    Harmless.check(StatusText.of(status, AGENT, NOW, Paint.NONE));
    Harmless.check(StatusJson.text(status));
    Harmless.check(ResultJson.text(Results.withProblem(full(), hostile)));
    Harmless.check(ResultText.of(Results.withProblem(full(), hostile), Paint.NONE));
  }

  @Test
  void a_result_is_told_to_people_and_programs() throws Exception {
    RunResult result = Results.withProblem(full(), Plans.problem());
    Golden.matches("report/result.txt", ResultText.of(result, Paint.NONE));
    Golden.matches("report/result.json", ResultJson.text(result));
  }

  private static RunResult full() {
    return Results.of(
        Plans.full(),
        false,
        Results.outcome("create/image/tiny", Outcome.Status.DONE),
        Results.outcome("create/instance/linda", Outcome.Status.DONE),
        Results.outcome("restart/instance/bob", Outcome.Status.FAILED),
        Results.outcome("stop/instance/mail", Outcome.Status.DONE),
        Results.outcome("delete/instance/frank", Outcome.Status.SKIPPED));
  }

  private static RunResult later(RunResult result, int seconds) {
    return ReconcileFixtures.runResult(
        result.host(),
        result.desiredRevision(),
        result.plan() == null ? Plans.REVISION : result.revision(),
        result.desired(),
        result.plan(),
        result.outcomes(),
        result.observed(),
        result.silent(),
        result.converged(),
        result.problems(),
        Results.STARTED.plusSeconds(seconds),
        java.time.Duration.ofSeconds(14));
  }

  private static Status status(RunResult result, @Nullable Status previous) {
    return StatusBuilder.of(
        result,
        previous,
        Results.BOUNDS,
        StatusTest::start,
        StatusTest::diverged,
        StatusTest::forecast,
        true);
  }

  private static DiskForecast forecast(ByteSize free) {
    return new DiskForecast.FullAt(
        new DiskForecast.Trend(48, Duration.ofDays(2), 1L << 30), NOW.plusSeconds(3 * 86_400));
  }

  private static @Nullable ByteSize diverged(ResourceName name, ByteSize image) {
    assertThat(image).isEqualTo(ByteSize.mib(64));
    return name.value().equals("bob") ? null : new ByteSize(38_928_384);
  }

  private static @Nullable Instant start(long pid) {
    return pid == 4711 ? Results.STARTED.minusSeconds(11_700) : null;
  }
}
