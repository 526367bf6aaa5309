package dev.fjord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.fjord.app.Wiring;
import dev.fjord.apply.Outcome;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.HostBounds;
import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import dev.fjord.problem.Secrets;
import dev.fjord.report.Journal;
import dev.fjord.report.Plans;
import dev.fjord.report.Results;
import dev.fjord.report.StatusBuilder;
import dev.fjord.report.StatusFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The password of a repository, and every way out of the program. */
class SecretsInOutputTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://u:%s@127.0.0.1:1/x.git",
        "http://u:%s@127.0.0.1:1/x",
        "https//u:%s@127.0.0.1/x",
        "HTTPS://u:%s@127.0.0.1:1/x",
        "https://u:a/%s@127.0.0.1:1/x",
        "https:/u:%s@127.0.0.1:1/x",
        "https://u:a b%s@127.0.0.1:1/x",
        "https://%s-as-a-user@127.0.0.1:1/x",
        "ssh://u:%s@127.0.0.1:1/x",
        "ftp://u:%s@127.0.0.1/x",
        "u:%s@127.0.0.1",
        "ext::sh -c %s://u:%s@127.0.0.1",
        "[https://u:%s@127.0.0.1/x, 1]",
        "https://u:%s@127.0.0.1:1/x\nbranch: https://u:%s@h\npoll: u:%s@h",
        "https://u:%s@127.0.0.1:1/x\nhost: [",
      })
  void no_command_tells_it(String setting) throws Exception {
    String secret = "Magrathea" + Integer.toHexString(setting.hashCode());
    Path settings = folder.resolve("agent.yaml");
    Files.writeString(
        settings,
        "repository: %s\nstateDirectory: %s\nrunDirectory: %s\n"
            .formatted(setting.replace("%s", secret), folder.resolve("s"), folder.resolve("r")));
    for (String command : new String[] {"doctor", "plan", "apply", "status", "accept", "poke"}) {
      String[] words =
          command.equals("accept")
              ? new String[] {
                command, "--revision", "main", "--debug", "--config", settings.toString()
              }
              : new String[] {command, "--debug", "--config", settings.toString()};
      CommandRun run = CommandRun.of(new Wiring(), words);
      assertThat(run.out() + run.err()).as(command).isNotBlank().doesNotContain("Magrathea");
    }
    String url = setting.replace("%s", secret).lines().findFirst().orElseThrow();
    CommandRun named = CommandRun.of(new Wiring(), "validate", "--debug", "--repository", url);
    assertThat(named.out() + named.err()).isNotBlank().doesNotContain("Magrathea");
    CommandRun taken = CommandRun.of(new Wiring(), "validate", url, url);
    assertThat(taken.exit()).isEqualTo(64);
    assertThat(taken.err()).doesNotContain("Magrathea");
    try (var files =
        Files.walk(folder.resolve("s").toFile().exists() ? folder.resolve("s") : folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.equals(settings)) {
          assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain("Magrathea");
        }
      }
    }
  }

  @Test
  void log_status_and_journal_do_not_tell_it() throws Exception {
    Secrets.learn("https://u:Deep42Thought@h/x");
    Problem problem =
        Problem.of("fetch-failed", "it said Deep42Thought")
            .detail("Deep42Thought")
            .hint("not Deep42Thought");
    Layout layout = new Layout(folder, Path.of("/run/fjord"));
    StatusFile.write(
        layout,
        StatusBuilder.of(
            Results.withProblem(Results.of(Plans.full(), false), problem),
            null,
            HostBounds.NONE,
            pid -> null,
            (name, image) -> null,
            free -> new DiskForecast.Unknown(0, Duration.ZERO),
            true));
    assertThat(Files.readString(layout.status())).contains("it said ***").doesNotContain("Deep42");

    try (Journal journal = new Journal(layout, InstantSource.system())) {
      journal
          .begin(Plans.full())
          .ended(
              Plans.full().changes().get(0),
              new Outcome("x", Outcome.Status.FAILED, problem, Duration.ZERO));
    }
    assertThat(Files.readString(layout.journal().resolve("changes.jsonl")))
        .contains("it said ***")
        .doesNotContain("Deep42");

    LogLayout log = new LogLayout();
    LogLayout.showTraces(true);
    try {
      String line =
          log.doLayout(
              new LoggingEvent(
                  "x",
                  new LoggerContext().getLogger("x"),
                  Level.WARN,
                  "it said {}",
                  new IllegalStateException("no Deep42Thought", problem.asException()),
                  List.of("Deep42Thought").toArray()));
      assertThat(line).contains("it said ***").doesNotContain("Deep42");
    } finally {
      LogLayout.showTraces(false);
    }
  }
}
