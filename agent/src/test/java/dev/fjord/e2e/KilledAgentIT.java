package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An apply that gets SIGKILL in the middle. */
class KilledAgentIT {
  private static final List<String> NAMES = List.of("linda", "bob", "carol");

  @Test
  void the_next_run_converges_and_disturbs_nothing_that_runs() throws Exception {
    try (var world = World.empty()) {
      world.site.reset();
      world.site.write(BOB.named("carol")).push("And carol");
      // Whatever the machine's speed: one at each of the stages that the log shows.
      for (var moment :
          List.of("create image tiny ...", "create instance", "start instance", "[8/")) {
        var apply = world.begin("apply");
        World.await("'" + moment + "'", () -> apply.said(moment) > 0 || !apply.isAlive());
        Thread.sleep(150);
        apply.kill();
      }
      var running = kernels(world);
      var run = world.settles();
      assertThat(run.plan().path("refused")).isEmpty();
      var now = kernels(world);
      assertThat(now).hasSize(3).containsAllEntriesOf(running);
      for (var name : NAMES) {
        assertThat(world.answers(world.address(name))).as(name).isTrue();
        assertThat(world.pid(name)).isEqualTo(now.get(name));
      }
      assertThat(world.settles().changes()).isEmpty();
      assertThat(unfinished(world.state())).isEmpty();
      assertThat(unfinished(world.run())).isEmpty();
      assertThat(taps(world)).containsExactly("tap-bob", "tap-carol", "tap-linda");

      // And in the middle of a deletion.
      world.site.remove(LINDA, BOB).push("Two leave", "Fjord-Allow-Deletes: 2");
      var apply = world.begin("apply");
      World.await("a deletion", () -> apply.said("delete instance") > 0 || !apply.isAlive());
      Thread.sleep(300);
      apply.kill();
      world.settles();
      assertThat(kernels(world)).containsOnlyKeys("carol");
      assertThat(taps(world)).containsExactly("tap-carol");
      assertThat(unfinished(world.state())).isEmpty();
      assertThat(world.processesOf("linda")).isEmpty();
      assertThat(world.processesOf("bob")).isEmpty();
      world.site.write(LINDA, BOB).push("They come back");
      world.settles();
      assertThat(kernels(world)).hasSize(3);
    }
  }

  /** The main process of each instance's kernel. */
  private static Map<String, Long> kernels(World world) {
    var kernels = new HashMap<String, Long>();
    for (var name : NAMES) {
      var main = world.kernelOf(name);
      if (main >= 0) {
        kernels.put(name, main);
      }
    }
    return kernels;
  }

  private static List<Path> unfinished(Path folder) throws Exception {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.getFileName().toString().contains("unfinished")).toList();
    }
  }

  private static List<String> taps(World world) {
    return world
        .inside("ip", "-br", "link", "show", "group", "1718251378")
        .output()
        .lines()
        .map(line -> line.split("[ @]", 2)[0])
        .sorted()
        .toList();
  }
}
