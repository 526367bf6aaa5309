package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a day brings, on a host where everything takes ten times as long. */
class ADayOnASlowHostIT {
  private static final int MACHINES = 21;

  private static final List<Machine> ALL =
      IntStream.rangeClosed(1, MACHINES)
          .mapToObj(
              number -> new Machine("m%02d".formatted(number), "p%02d".formatted(number), Map.of()))
          .map(machine -> machine.with("network", "[{switch: lan}]"))
          .toList();

  /** Whatever takes no notice of how slow the host is says one of these. */
  private static final List<String> FALSE_ALARMS =
      List.of(
          "failed",
          "never-answered",
          "kernel-died",
          "does not boot",
          "did not end within",
          "hangs");

  @Test
  @Timeout(value = 60, unit = java.util.concurrent.TimeUnit.MINUTES)
  void nobody_is_called_failed_who_is_only_slow() throws Exception {
    Ready.assume();
    try (var host = SlowHost.make();
        var world = World.empty()) {
      world.settings("poll: 1h\nwatch: 5s\n");
      world.site.reset();
      world.site.remove(Machine.LINDA, Machine.BOB);
      for (var number = 1; number <= MACHINES; number++) {
        var name = "p%02d".formatted(number);
        world.site.write(
            "partners/" + name + ".yaml",
            world.site.partner("linda").replace("name: linda", "name: " + name));
      }
      world.site.push("A switch, a kernel and an image, and nobody yet");
      var first = host.take(world.agent());
      first.awaitSaying(" converged at ", 1);
      assertThat(first.log()).as("the kernel's trial").doesNotContain(FALSE_ALARMS);

      // A push, and the agent dies while the machines boot.
      world.site.write(ALL.toArray(Machine[]::new)).push("21 machines at once");
      world.fjord("poke");
      first.await("some kernels", () -> running(world) >= 2);
      first.kill();
      assertThat(first.log()).doesNotContain(FALSE_ALARMS);
      var second = host.take(world.agent());
      converges(world, second);

      // One that really hangs is found and restarted, and nobody else.
      var hung = world.kernelOf("m07");
      var other = world.kernelOf("m08");
      Command.of("kill", "-STOP", Long.toString(hung)).output();
      second.awaitSaying("instance m07: its kernel hangs", 1);
      second.awaitSaying("instance m07 is well again", 1);
      assertThat(world.kernelOf("m07")).isNotEqualTo(hung);
      assertThat(world.kernelOf("m08")).isEqualTo(other);
      assertThat(second.log().lines().filter(line -> line.matches(".*instance m[0-9]{2}: its .*")))
          .as("who ails")
          .allMatch(line -> line.contains("instance m07: its kernel hangs"));

      // The host goes down, and comes back with everybody to be started at once.
      second.kill();
      end(world);
      var third = host.take(world.agent());
      converges(world, third);
    }
  }

  private static void converges(World world, Agent agent) throws Exception {
    agent.awaitSaying(" converged at ", 1);
    assertThat(agent.log()).doesNotContain(FALSE_ALARMS);
    assertThat(ALL)
        .allSatisfy(machine ->
            assertThat(world.answers(world.address(machine.name()))).as(machine.name()).isTrue());
    for (var machine : ALL) {
      assertThat(Files.readString(world.run().resolve("starts/" + machine.name() + ".json")))
          .as("how %s was started", machine.name())
          .containsPattern("\"failures\" ?: ?0\\b");
    }
  }

  private static long running(World world) {
    return ALL.stream().filter(machine -> world.kernelOf(machine.name()) > 0).count();
  }

  /** All that runs ends, and what is kept until the next boot is gone. */
  private static void end(World world) {
    for (var machine : ALL) {
      world
          .processesOf(machine.name())
          .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
    World.await("the end of all kernels", () -> running(world) == 0);
    Command.of("rm", "-r", "-f", world.run().toString()).output();
  }
}
