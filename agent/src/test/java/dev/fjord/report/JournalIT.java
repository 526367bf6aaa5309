package dev.fjord.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.apply.Outcome;
import dev.fjord.json.ModelJson;
import dev.fjord.model.Layout;
import dev.fjord.plan.Change;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal on file systems that are really full or read-only, and after a real SIGKILL. */
class JournalIT {
  private static final int SIZE = 1 << 20;
  private static final Change CHANGE = Plans.full().changes().get(1);

  @TempDir Path folder;

  @Test
  void a_full_disk_refuses_no_intent_even_when_files_change_places() throws Exception {
    mounted(() -> {
      try (var journal = journal(state())) {
        journal.begin(Plans.full()).intend(List.of(CHANGE));
        fill();
        var run = journal.begin(Plans.full());
        for (var written = 0; written < 2 * SIZE; written += 400) {
          run.intend(List.of(CHANGE));
        }
        Files.delete(state().resolve("filler-0")); // What a removal does goes through.
        run.ended(CHANGE, done());
        assertThat(lines(state())).last().asString().contains("\"what\":\"end\"");
      }
    });
  }

  @Test
  void a_read_only_file_system_is_said_and_what_to_do() throws Exception {
    mounted(() -> {
      Command.of("mount", "-o", "remount,ro", state().toString()).output();
      try (var journal = journal(state())) {
        var run = journal.begin(Plans.full());
        assertThatThrownBy(() -> run.intend(List.of(CHANGE)))
            .isInstanceOfSatisfying(
                ProblemException.class,
                e -> {
                  assertThat(e.problem().code()).isEqualTo("journal-unwritable");
                  assertThat(e.problem().summary())
                      .startsWith("no change begins: the journal " + state());
                  assertThat(e.problem().detail()).contains("Read-only file system");
                  assertThat(e.problem().hint()).contains("Make the file system writable");
                });
        Command.of("mount", "-o", "remount,rw", state().toString()).output();
        run.intend(List.of(CHANGE));
      }
    });
  }

  @Test
  void an_intent_outlives_the_sigkill_of_whoever_wrote_it() throws Exception {
    var killed =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString())
            .start();
    try (var out = new BufferedReader(new InputStreamReader(killed.getInputStream(), UTF_8))) {
      assertThat(out.readLine()).isEqualTo("intended");
    } finally {
      killed.destroyForcibly().waitFor();
    }
    try (var journal = journal(folder)) {
      journal.begin(Plans.full()).intend(List.of(CHANGE));
    }
    var lines = lines(folder);
    assertThat(lines).hasSize(2).allMatch(line -> line.contains("\"what\":\"begin\""));
    var entry = ModelJson.mapper().readTree(lines.get(0));
    assertThat(entry.path("version").asInt()).isEqualTo(1);
    assertThat(entry.path("change").asText()).isEqualTo("create/instance/linda");
    assertThat(entry.path("revision").asText()).isEqualTo(Plans.REVISION);
    assertThat(entry.path("plan").asText()).isEqualTo(PlanJson.id(Plans.full()));
    assertThat(entry.path("owner").asText()).isEqualTo("linda");
    assertThat(entry.path("fields")).hasSize(2);
  }

  /** Intends one change, says so, and waits to be killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] folder) throws InterruptedException {
      try (var journal = journal(Path.of(folder[0]))) {
        journal.begin(Plans.full()).intend(List.of(CHANGE));
        System.out.println("intended");
        Thread.sleep(Duration.ofHours(1).toMillis());
      }
    }
  }

  private interface Body {
    void run() throws Exception;
  }

  private void mounted(Body body) throws Exception {
    assumeTrue(
        Command.of("id", "-u").output().strip().equals("0"), "only root can mount a file system");
    Files.createDirectories(state());
    var device = folder.resolve("device.img");
    Command.of("truncate", "-s", "16M", device.toString()).output();
    Command.of("mkfs.ext4", "-q", "-F", "-m", "0", device.toString()).output();
    Command.of("mount", "-o", "loop", device.toString(), state().toString()).output();
    try {
      body.run();
    } finally {
      Command.of("umount", state().toString()).output();
    }
  }

  /** Until not one more byte fits. */
  private void fill() {
    for (var block = 1 << 20; block >= 1; block /= 16) {
      var file = state().resolve("filler-" + (block == 1 << 20 ? "0" : block));
      try (var out = Files.newOutputStream(file)) {
        while (true) {
          out.write(new byte[block]);
        }
      } catch (IOException full) {
        assertThat(full).hasMessageContaining("No space left on device");
      }
    }
  }

  private static List<String> lines(Path state) throws IOException {
    return Files.readAllLines(state.resolve("journal/changes.jsonl")).stream()
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static Journal journal(Path state) {
    return new Journal(new Layout(state, Path.of("/run/fjord")), InstantSource.system(), SIZE);
  }

  private static Outcome done() {
    return new Outcome(CHANGE.id(), Outcome.Status.DONE, null, Duration.ZERO);
  }

  private Path state() {
    return folder.resolve("state");
  }
}
