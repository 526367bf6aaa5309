package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.model.Digest;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kernels that end although nobody told them to: why, and who learns of it. */
class DeathIT {
  /** A moment later: a connection to a kernel that is gone would be waited for. */
  private static final String CRASH = "(sleep 1; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 &";

  private static World world;
  private static Agent agent;

  @BeforeAll
  static void linda_and_bob_run_and_are_watched() throws Exception {
    world = World.ofBoundedLindaAndBob();
    world.settings("poll: 1h\nwatch: 1s\n");
    agent = world.agent();
    agent.awaitSaying(" converged at ", 1);
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  @Test
  void a_kernel_that_panics_leaves_its_word() throws Exception {
    var before = world.pid("linda");
    end("linda", "echo a-secret >/dev/console; " + CRASH, "panicked");
    var death = lastDeath("linda");
    assertThat(death.path("pid").asLong()).isEqualTo(before);
    assertThat(death.path("summary").asText())
        .isEqualTo("its kernel panicked: sysrq triggered crash");
    assertThat(death.path("lines").toString())
        .contains("Kernel panic - not syncing: sysrq triggered crash")
        .doesNotContain("a-secret");
    agent.awaitSaying("instance linda has ended: its kernel panicked: sysrq triggered crash", 1);
    assertThat(agent.log()).contains("  Kernel panic - not syncing: sysrq triggered crash");
    assertThat(journal()).contains("its kernel panicked: sysrq triggered crash");
    assertThat(world.fjord("status").text()).contains("panicked ").contains(" ago");
    assertThat(world.fjord("status", "linda").text())
        .contains("last end")
        .contains(": its kernel panicked: sysrq triggered crash")
        .contains("| Kernel panic - not syncing: sysrq triggered crash");
    // Nobody has typed on it: the administrator gets all of it.
    var kept = folder("linda").resolve("console.end");
    assertThat(kept).content().contains("a-secret").contains("Kernel panic");
    assertThat(Files.getPosixFilePermissions(kept))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void what_was_typed_on_its_console_is_kept_nowhere() throws Exception {
    var terminals = Files.createDirectory(world.folder.resolve("t"));
    Files.setPosixFilePermissions(terminals, PosixFilePermissions.fromString("rwx------"));
    attachAndType(terminals, "# SECRET=hunter$((1+1))-typed^M");
    end("bob", "echo hunter2-shown >/dev/console; " + CRASH, "panicked");
    assertThat(lastDeath("bob").path("summary").asText())
        .isEqualTo("its kernel panicked: sysrq triggered crash");
    assertThat(folder("bob").resolve("console.end")).content().contains("Kernel panic");
    assertThat(filesThatHold("hunter")).isEmpty();
    Command.of("screen", "-S", "admin", "-X", "quit").with("SCREENDIR", terminals + "").run();
  }

  @Test
  void a_guest_that_powers_off_or_reboots_is_no_riddle() {
    end("linda", "(sleep 1; poweroff -f) >/dev/null 2>&1 &", "shut-down");
    // Which of them is seldom known: 6.1.176 mostly ends before its console has it, and without
    // ACPI a power-off is a halt.
    assertThat(lastDeath("linda").path("summary").asText()).startsWith("its guest ");
    end("linda", "(sleep 1; reboot -f) >/dev/null 2>&1 &", "shut-down");
    assertThat(lastDeath("linda").path("summary").asText()).startsWith("its guest ");
    assertThat(journal()).contains(": its guest ");
  }

  @Test
  void a_kernel_that_is_killed_tells_by_which_signal() throws Exception {
    var before = world.pid("linda");
    world.kill(before);
    awaitDeath("linda", before, "killed");
    assertThat(lastDeath("linda").path("summary").asText())
        .isEqualTo("it was killed by signal 9 (KILL)");
  }

  @Test
  void one_that_the_host_ends_for_want_of_memory_says_so() throws Exception {
    var group = memoryGroup("bob");
    assumeTrue(Files.isDirectory(group), "the host bounds no memory");
    var before = world.pid("bob");
    var limit = group.resolve("memory.max");
    var file = Files.exists(limit) ? limit : group.resolve("memory.limit_in_bytes");
    squeeze(group, file);
    awaitDeath("bob", before, "out-of-memory");
    assertThat(lastDeath("bob").path("summary").asText()).contains("for want of memory");
    var next = world.pid("bob");
    world.kill(next);
    awaitDeath("bob", next, "killed"); // What an earlier one has lost counts for that one.
  }

  /** Its guest has not touched all of its memory yet: reading files fills it. */
  private static void squeeze(Path group, Path file) throws IOException {
    var used =
        Files.exists(group.resolve("memory.current")) ? "memory.current" : "memory.usage_in_bytes";
    world.ssh(
        "bob",
        "bob",
        world.address("bob"),
        "(sleep 2; while :; do dd if=/dev/ubda of=/dev/null bs=1M; done) >/dev/null 2>&1 &");
    var bytes = Long.parseLong(Files.readString(group.resolve(used)).strip());
    Files.writeString(file, Long.toString(bytes + (256 << 10)));
    World.await("a process of bob's that was killed", () -> killed(group) > 0);
  }

  private static long killed(Path group) throws IOException {
    var unified = group.resolve("memory.events");
    var file = Files.exists(unified) ? unified : group.resolve("memory.oom_control");
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("oom_kill "))
        .mapToLong(line -> Long.parseLong(line.substring(9)))
        .sum();
  }

  private static Path memoryGroup(String name) {
    var hash = Digest.ofText(world.run().toString()).hex().substring(0, 8);
    var v1 = Path.of("/sys/fs/cgroup/memory");
    var root = Files.isDirectory(v1) ? v1 : Path.of("/sys/fs/cgroup");
    return root.resolve("fjord/" + name + "." + hash);
  }

  private static void end(String name, String command, String cause) {
    var before = world.pid(name);
    // Nobody is let in right after its start, and its connection may end with it.
    World.await(
        name + " to take '" + command + "'",
        () ->
            world.ssh(name, name, world.address(name), command).exit() != 255
                || lastDeath(name).path("pid").asLong() == before);
    awaitDeath(name, before, cause);
  }

  private static void awaitDeath(String name, long before, String cause) {
    agent.awaitTold(
        "the death of " + name + "'s kernel " + before + " and its next one",
        () -> {
          var seen = world.instance(name);
          return seen.at("/lastDeath/pid").asLong() == before
              && seen.path("pid").asLong() > 0
              && seen.path("pid").asLong() != before
              && seen.path("ailment").isNull();
        });
    assertThat(lastDeath(name).path("cause").asText())
        .as(() -> "the end of %s, which left %s".formatted(name, shown(name)))
        .isEqualTo(cause);
  }

  private static JsonNode lastDeath(String name) {
    return world.instance(name).path("lastDeath");
  }

  private static Path folder(String name) {
    return world.state().resolve("instances").resolve(name);
  }

  private static String shown(String name) {
    try {
      return Files.readString(folder(name).resolve("console.end"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String journal() {
    try {
      return Files.readString(world.state().resolve("journal/changes.jsonl"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Another terminal, with `fjord console` in it, as an administrator has. */
  private static void attachAndType(Path terminals, String keys) {
    var console =
        world
            .inside(
                "screen",
                "-c",
                "/dev/null",
                "-S",
                "admin",
                "-d",
                "-m",
                "env",
                "-u",
                "STY",
                Ready.fjord().toString(),
                "console",
                "--config",
                world.config().toString(),
                "bob")
            .with("JAVA_HOME", System.getProperty("java.home"))
            .with("SCREENDIR", terminals.toString());
    console.output();
    World.await(
        "the console to be in use", () -> Files.exists(world.run().resolve("console/bob.used")));
    var copy = world.folder.resolve("screen-copy");
    World.await(
        "what was typed to be on it",
        () -> {
          Command.of("screen", "-S", "admin", "-p", "0", "-X", "stuff", keys)
              .with("SCREENDIR", terminals.toString())
              .run();
          Command.of("screen", "-S", "admin", "-p", "0", "-X", "hardcopy", copy.toString())
              .with("SCREENDIR", terminals.toString())
              .run();
          Thread.sleep(300);
          return Files.exists(copy) && Files.readString(copy).contains("hunter");
        });
    copy.toFile().delete();
  }

  private static java.util.List<Path> filesThatHold(String text) throws IOException {
    try (Stream<Path> files = Files.walk(world.folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().endsWith(".img"))
          .filter(file -> !file.getFileName().toString().endsWith(".cow"))
          .filter(file -> holds(file, text))
          .toList();
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException gone) {
      return false;
    }
  }
}
