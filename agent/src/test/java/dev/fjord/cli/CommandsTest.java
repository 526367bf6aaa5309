package dev.fjord.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.app.Format;
import dev.fjord.app.PlanForm;
import dev.fjord.apply.Outcome;
import dev.fjord.build.Golden;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.Digest;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.ChangedVersion;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.plan.VerifiedVersion;
import dev.fjord.problem.Problem;
import dev.fjord.report.DiskJson;
import dev.fjord.report.Harmless;
import dev.fjord.report.Paint;
import dev.fjord.report.PlanJson;
import dev.fjord.report.PlanMarkdown;
import dev.fjord.report.Plans;
import dev.fjord.report.Presence;
import dev.fjord.report.Results;
import dev.fjord.report.StatusBuilder;
import dev.fjord.report.StatusFile;
import dev.fjord.report.Usages;
import dev.fjord.schedule.ControlSocket;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandsTest {
  private final FakeOperations operations = new FakeOperations();

  @TempDir private Path folder;

  @Test
  void plan_prints_the_plan_and_says_by_its_code_that_there_are_changes() {
    operations.result = Results.of(Plans.full(), false);
    CommandRun text = run("plan");
    assertThat(text.out()).contains("+ create instance linda").contains("1 refused");
    assertThat(text.exit()).isEqualTo(4);
    assertThat(run("plan", "--format", "json").out()).isEqualTo(PlanJson.text(Plans.full()));
    assertThat(run("plan", "--format=markdown").out()).isEqualTo(PlanMarkdown.of(Plans.full()));
  }

  @Test
  void verify_tells_each_and_says_by_its_code_that_one_has_changed() {
    Version right = new Version(Kind.KERNEL, new ResourceName("uml"), Digest.ofText("a"));
    Version wrong = new Version(Kind.IMAGE, new ResourceName("tiny"), Digest.ofText("b"));
    operations.verified = List.of(new VerifiedVersion(right, null));
    assertThat(run("verify").exit()).isZero();
    operations.verified =
        List.of(
            new VerifiedVersion(right, null),
            new VerifiedVersion(
                wrong, ChangedVersion.alarm(wrong, "sha256 found: c", List.of("linda"), false)));
    CommandRun text = run("verify", "image/tiny");
    assertThat(operations.called).isEqualTo("verify image/tiny");
    assertThat(text.out()).isEqualTo("kernel uml@ca978112ca1b: as it was stored\n");
    assertThat(text.err())
        .contains("image tiny@3e23e8160039 in the store is not what was stored [image-changed]")
        .contains("sha256 found: c")
        .contains("standing on it: linda")
        .contains("'fjord repair image/tiny@3e23e8160039' stores it again from its source");
    assertThat(text.exit()).isEqualTo(1);
    assertThat(run("verify", "--format", "json").out())
        .contains("\"kind\" : \"kernel\"")
        .contains("\"right\" : false")
        .contains("\"code\" : \"image-changed\"");
  }

  @Test
  void restart_hands_over_every_name_once_and_prints_what_came_of_each() {
    CommandRun run = run("restart", "linda", "bob", "linda");
    assertThat(operations.called).isEqualTo("restart [linda, bob]");
    assertThat(run.out()).isEqualTo("instance linda was restarted\n");
    assertThat(run.err()).contains("restart instance linda ...");
    assertThat(run.exit()).isEqualTo(4);
  }

  @Test
  void restart_without_a_name_or_with_what_is_none_is_wrong_usage() {
    assertThat(run("restart").exit()).isEqualTo(64);
    CommandRun run = run("restart", "linda", "../bob");
    assertThat(run.exit()).isEqualTo(64);
    assertThat(run.err()).contains("../bob");
    assertThat(operations.called).isEmpty();
  }

  @Test
  void repair_tells_what_happens_next() {
    CommandRun run = run("repair", "image/tiny");
    assertThat(operations.called).isEqualTo("repair image/tiny");
    assertThat(run.out()).isEqualTo("image tiny will be stored again: the agent begins a run.\n");
    assertThat(run.exit()).isZero();
    assertThat(run("repair").exit()).isEqualTo(64);
  }

  @Test
  void an_agent_that_runs_is_asked_for_the_plan_of_its_own_repository() {
    operations.planOfAgent = new ControlSocket.Planned("the plan\n", "odd\n", 2);
    CommandRun told = run("plan");
    assertThat(told.out()).isEqualTo("the plan\n");
    assertThat(told.err()).isEqualTo("odd\n");
    assertThat(told.exit()).isEqualTo(2);
    assertThat(operations.called).isEmpty();
    run("plan", "--revision", "topic");
    assertThat(operations.called).isEqualTo("preview null topic");
    run("plan", "--debug");
    assertThat(operations.called).isEqualTo("preview null null");
  }

  @Test
  void a_line_that_knows_one_command_says_of_it_what_the_whole_line_does() {
    Terminal none =
        Terminal.plain(new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()));
    CommandLine whole = Fjord.commandLine(none, () -> operations);
    assertThat(whole.getSubcommands()).containsKeys("plan", "help", "completion");
    whole
        .getSubcommands()
        .forEach((name, command) -> {
          CommandLine line = Fjord.commandLine(none, () -> operations, name, "--help");
          assertThat(line.getSubcommands()).containsKey(name);
          assertThat(line.getSubcommands().get(name).getUsageMessage())
              .isEqualTo(command.getUsageMessage());
        });
    assertThat(Fjord.commandLine(none, () -> operations, "plan").getSubcommands()).hasSize(1);
    for (String first : List.of("help", "completion", "plna", "--help", "--config")) {
      assertThat(Fjord.commandLine(none, () -> operations, first).getSubcommands())
          .hasSameSizeAs(whole.getSubcommands());
    }
  }

  @Test
  void how_a_plan_is_printed_comes_through_a_line() {
    for (Format format : Format.values()) {
      PlanForm form = new PlanForm(format, true, new Paint(true), Paint.NONE);
      assertThat(PlanForm.parse(form.words())).isEqualTo(form);
    }
    assertThatThrownBy(() -> PlanForm.parse("TEXT true"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void plan_reads_other_files_when_it_is_told_to() {
    run("plan", "--repository", "https://example.org/x.git", "--revision", "topic");
    assertThat(operations.called).isEqualTo("preview https://example.org/x.git topic");
  }

  @Test
  void a_run_without_a_plan_says_why_on_the_standard_error() {
    operations.result = Results.failed(Problem.of("fetch-failed", "no route").hint("Wait."));
    CommandRun run = run("plan");
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("fjord: no route [fetch-failed]\n    hint: Wait.\n");
    assertThat(run.exit()).isEqualTo(1);
  }

  @Test
  void apply_tells_progress_on_the_standard_error_and_the_result_on_the_other() {
    operations.result =
        Results.of(
            Plans.full(), false, Results.outcome("create/image/tiny", Outcome.Status.FAILED));
    CommandRun run = run("apply", "--format", "json");
    assertThat(run.exit()).isEqualTo(5);
    assertThat(run.err()).startsWith("Plan ");
    assertThat(run.out()).startsWith("{").contains("\"status\" : \"failed\"");
    assertThat(run("apply").out()).contains("not converged");
  }

  @Test
  void the_lock_has_its_own_code() {
    CommandRun run = run("accept", "--revision", "3f2a");
    assertThat(run.exit()).isEqualTo(6);
    assertThat(run.err()).contains("[locked]").doesNotContain("\tat ");
  }

  @Test
  void a_stack_trace_is_printed_when_asked_for_alone() {
    assertThat(run("poke").err()).contains("[no-agent]").doesNotContain("\tat ");
    assertThat(run("poke", "--debug").err()).contains("\tat ");
    assertThat(run("--debug", "poke").err()).contains("\tat ");
  }

  @Test
  void a_fault_of_fjord_itself_says_so_without_a_stack_trace() {
    CommandRun run =
        CommandRun.of(
            new FakeOperations() {
              @Override
              public void agent(AgentSettings settings) {
                throw new NoClassDefFoundError("dev/fjord/Gone");
              }
            },
            "agent");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("[internal-error]").contains("--debug").doesNotContain("\tat ");
  }

  @Test
  void status_prints_what_the_last_run_left() {
    operations.layout = new Layout(folder, Path.of("/run/fjord"));
    assertThat(run("status").err()).contains("[no-status]");
    StatusFile.write(
        operations.layout,
        StatusBuilder.of(
            Results.of(Plans.empty(), true),
            null,
            Results.BOUNDS,
            pid -> null,
            (name, image) -> null,
            free -> new DiskForecast.Unknown(0, Duration.ZERO),
            true));
    assertThat(run("status").out()).contains("converged").contains("linda");
    assertThat(run("status", "--format", "json").out()).contains("\"converged\" : true");
    assertThat(run("status").exit()).isZero();
    operations.presence = Presence.NOBODY;
    CommandRun abandoned = run("status");
    assertThat(abandoned.out()).contains("no agent runs; converged when last looked at");
    assertThat(abandoned.exit()).isEqualTo(1);
  }

  @Test
  void rebase_only_rehearses_and_has_to_be_told_so() {
    var told = run("rebase", "linda");
    assertThat(told.exit()).isEqualTo(64);
    assertThat(told.err())
        .contains("fjord rebase only rehearses: say --dry-run.")
        .contains("'onImageChange: rebase'");
    var rehearsed = run("rebase", "--dry-run", "linda", "--to", "tiny@0123");
    assertThat(operations.called).isEqualTo("rehearse linda tiny@0123");
    assertThat(rehearsed.exit()).isZero();
    assertThat(rehearsed.out())
        .isEqualTo(
            """
            To tiny@11507a0e2f5e, linda would come with:
              kept       3 files         2 MiB of the partner's, changed or added
              taken      120 files      37 MiB from the new version
              removed    1 file          0 MiB that the partner had deleted
              conflicts  2 files         1 MiB changed on both sides
                /etc/motd: both changed it; the partner's is kept
                and 1 more
            Nothing was changed.
            """);
    assertThat(run("rebase", "--dry-run", "linda", "--format", "json").out())
        .contains("\"kind\" : \"changed\"")
        .contains("\"bytes\" : 38797312");
  }

  @Test
  void disk_fails_when_something_could_not_be_read_and_not_when_much_is_promised() {
    assertThat(run("disk").out()).contains("it fits");
    assertThat(run("disk").exit()).isZero();
    operations.usage = Usages.tooMuch();
    assertThat(run("disk").exit()).isZero();
    assertThat(run("disk", "--format", "json").out()).isEqualTo(DiskJson.text(Usages.tooMuch()));
    operations.usage = Usages.inPart();
    assertThat(run("disk").exit()).isEqualTo(1);
    assertThat(run("disk").out()).contains("[cow-unreadable]");
  }

  @Test
  void doctor_fails_when_something_hinders() {
    assertThat(run("doctor").out()).isEqualTo("memory: 4 GiB\n");
    assertThat(run("doctor").exit()).isZero();
    operations.hindrances = List.of(Problem.of("no-screen", "screen is not installed"));
    assertThat(run("doctor").exit()).isEqualTo(1);
  }

  @Test
  void console_takes_names_alone() {
    assertThat(run("console", "linda").exit()).isZero();
    assertThat(operations.called).isEqualTo("console linda");
    assertThat(run("console", "../linda").exit()).isEqualTo(64);
    assertThat(run("console").exit()).isEqualTo(64);
  }

  @Test
  void wrong_usage_is_told_with_a_suggestion() throws Exception {
    CommandRun unknown = run("plan", "--repositroy", "x");
    assertThat(unknown.exit()).isEqualTo(64);
    assertThat(unknown.err()).contains("did you mean '--repository'?");
    assertThat(run("plna").err()).contains("did you mean 'plan'?");
    assertThat(run().exit()).isEqualTo(64);
    assertThat(run("plan", "--format", "xml").exit()).isEqualTo(64);
    Golden.matches("cli/unknown-option.txt", unknown.err());
  }

  @Test
  void hostile_arguments_are_harmless() {
    Harmless.check(run(Plans.HOSTILE).err());
    Harmless.check(run("plan", "--" + Plans.HOSTILE).err());
    Harmless.check(run("plan", "--format", Plans.HOSTILE).err());
    Harmless.check(run("console", Plans.HOSTILE).err());
    Harmless.check(run("validate", Plans.HOSTILE.replace('/', '_')).err());
  }

  @Test
  void the_version_is_the_build_s() {
    assertThat(run("--version").out()).matches("fjord [0-9]+\\.[0-9]+\\.[0-9]+\\S*\n");
  }

  @Test
  void completion_is_a_script_for_bash_and_zsh() {
    assertThat(run("completion", "bash").out()).contains("complete -F").contains("--repository");
    assertThat(run("completion", "zsh").out()).contains("bashcompinit");
    assertThat(run("completion", "fish").exit()).isEqualTo(64);
  }

  private CommandRun run(String... arguments) {
    return CommandRun.of(operations, arguments);
  }
}
