package dev.fjord.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandServerTest {
  @TempDir private Path folder;
  private Process server;

  @BeforeEach
  void start() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    var classes = System.getProperty("java.class.path");
    server =
        new ProcessBuilder(java, "-cp", classes, CommandServer.class.getName())
            .redirectError(folder.resolve("said").toFile())
            .start();
  }

  @AfterEach
  void end() {
    server.destroyForcibly();
  }

  private CommandServer.Answer ask(String... words) throws IOException {
    return CommandServer.ask(server.getOutputStream(), server.getInputStream(), List.of(words));
  }

  @Test
  void each_command_is_answered_with_its_own_words_and_nothing_of_the_one_before()
      throws Exception {
    var version = ask("--version");
    assertThat(version.exit()).isZero();
    assertThat(version.out()).startsWith("fjord ");
    assertThat(version.err()).isEmpty();
    var missing = folder.resolve("ägent.yaml").toString();
    for (var times = 0; times < 2; times++) {
      var plan = ask("plan", "--debug", "--config", missing);
      assertThat(plan.exit()).isEqualTo(1);
      assertThat(plan.out()).isEmpty();
      assertThat(plan.err()).contains("there is no " + missing).contains("\tat ");
      var quiet = ask("plan", "--config", missing);
      assertThat(quiet.err()).contains("there is no " + missing).doesNotContain("\tat ");
      assertThat(ask("--version")).isEqualTo(version);
    }
    assertThat(folder.resolve("said")).content().contains("there is no " + missing);
  }

  @Test
  void what_has_its_process_to_itself_is_refused() throws Exception {
    for (var command : List.of("agent", "console")) {
      var refused = ask(command, "--config", folder.resolve("none").toString());
      assertThat(refused.exit()).isNegative();
      assertThat(refused.err()).contains("needs a process of its own");
    }
  }

  @Test
  void it_ends_with_whoever_asks_in_the_middle_of_a_command_too() throws Exception {
    var settings = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", settings.toString()).start().waitFor()).isZero();
    var answer = new AtomicReference<Throwable>();
    var asking =
        Thread.ofVirtual()
            .uncaughtExceptionHandler((thread, thrown) -> answer.set(thrown))
            .start(() ->
                assertThatThrownBy(() -> ask("plan", "--config", settings.toString()))
                    .isInstanceOf(EOFException.class));
    // Opened as soon as the command reads there, and never written to.
    try (var never = Files.newOutputStream(settings)) {
      assertThat(never).isNotNull();
      server.getOutputStream().close();
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(server.exitValue()).isZero();
    asking.join();
    assertThat(answer.get()).isNull();
  }
}
