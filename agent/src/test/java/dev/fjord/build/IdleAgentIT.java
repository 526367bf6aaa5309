package dev.fjord.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent as it is shipped, on a repository in which this host has nothing to do. It fetches,
 * loads, looks and plans, and touches nothing.
 */
class IdleAgentIT {
  private static final Path HOME = Path.of("target/fjord").toAbsolutePath();

  /** The host has better uses for its memory: this is one small instance's worth. */
  private static final long MOST_KIBIBYTES = 128 << 10;

  @TempDir Path temporary;

  private Process agent;

  @BeforeEach
  void start() throws Exception {
    var site = temporary.resolve("site");
    copy(HOME.resolve("share/examples/slart"), site);
    try (var git = Git.init().setDirectory(site.toFile()).setInitialBranch("main").call()) {
      git.add().addFilepattern(".").call();
      git.commit().setMessage("Begin").setAuthor("A", "a@example.org").setSign(false).call();
    }
    var settings = temporary.resolve("agent.yaml");
    Files.writeString(
        settings,
        """
        repository: %s/.git
        host: elsewhere
        poll: 1s
        stateDirectory: %s
        runDirectory: %s
        """
            .formatted(site, temporary.resolve("state"), temporary.resolve("run")));
    var builder =
        new ProcessBuilder(HOME + "/bin/fjord", "agent", "--config", settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(temporary.resolve("log").toFile());
    builder.environment().put("FJORD_JAVA_HOME", System.getProperty("java.home"));
    agent = builder.start();
  }

  @AfterEach
  void kill() throws InterruptedException {
    agent.destroyForcibly().waitFor();
  }

  @Test
  void stays_small_and_ends_when_told_to() throws Exception {
    var status = temporary.resolve("state/status.json");
    awaitLog(() -> Files.exists(status));
    var first = Files.getLastModifiedTime(status).toInstant();
    awaitLog(() -> written(status).isAfter(first.plus(Duration.ofSeconds(4))));
    assertThat(residentKibibytes()).as("resident memory, KiB").isLessThan(MOST_KIBIBYTES);
    agent.destroy();
    assertThat(agent.waitFor(2, TimeUnit.MINUTES)).as("ended when told to").isTrue();
  }

  private long residentKibibytes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + agent.pid() + "/status"))) {
      var line = lines.filter(text -> text.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
  }

  private void awaitLog(Callable<Boolean> condition) throws IOException {
    try {
      await().atMost(Duration.ofMinutes(3)).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(Files.readString(temporary.resolve("log")), e);
    }
  }

  private static Instant written(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      files.forEach(file -> {
        try {
          Files.copy(file, to.resolve(from.relativize(file)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }
}
