package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Commits that no ordinary client writes, and machines that die meanwhile. */
class OddCommitIT {
  @Test
  void an_odd_commit_costs_nobody_a_run() throws Exception {
    try (var world = World.empty()) {
      world.settings("poll: 1s\n");
      world.site.reset();
      var agent = world.agent();
      agent.awaitSaying(" converged at ", 1);
      var good = world.site.git("rev-parse", "HEAD").strip();

      // Its files are as good as any: what stands beside them is nobody's business.
      world.site.write(BOB.with("memory", "96MiB")).push("More memory for bob");
      var tree = world.site.git("rev-parse", "HEAD^{tree}").strip();
      var nameless =
          pushed(world, "tree " + tree + "\nparent " + good + "\nauthor x\ncommitter y\n\nodd\n");
      agent.awaitSaying("converged at " + nameless, 1);
      dies(world, agent);

      // This one has none.
      pushed(world, "author x\ncommitter y 99999999999999999999 +0000\n\nodd\n");
      agent.awaitSaying("revision-malformed", 1);
      dies(world, agent);
      var status = world.fjord("status");
      assertThat(status.exit()).isEqualTo(1);
      assertThat(status.text())
          .contains(nameless.substring(0, 12), "revision-malformed", "git fsck");

      agent.kill();
      var abandoned = world.fjord("status");
      assertThat(abandoned.exit()).isEqualTo(1);
      assertThat(abandoned.text()).contains("no agent runs");
      assertThat(world.status().at("/agent/kind").asText()).isEqualTo("nobody");

      var again = world.agent();
      again.awaitSaying("revision-malformed", 1);
      dies(world, again);
      assertThat(again.said("revision-malformed")).as("told once").isEqualTo(1);
      assertThat(again.log()).doesNotContain("\tat ", "Exception");

      update(world, nameless);
      again.await("a status that is well", () -> world.fjord("status").exit() == 0);
      assertThat(world.fjord("status").text())
          .contains(": converged for ", nameless.substring(0, 12));
    }
  }

  private static void dies(World world, Agent agent) {
    var linda = world.pid("linda");
    world.kill(linda);
    agent.await(
        "linda's machine to come back",
        () -> {
          var now = world.kernelOf("linda");
          return now > 0 && now != linda && world.answers(world.address("linda"));
        });
  }

  private static String pushed(World world, String content) {
    var commit =
        git(world, "hash-object", "-t", "commit", "-w", "--literally", "--stdin")
            .input(content)
            .output()
            .strip();
    update(world, commit);
    return commit;
  }

  /** As update-ref(1) would do if it took what is no commit. */
  private static void update(World world, String commit) {
    try {
      Files.writeString(world.folder.resolve("site.git/refs/heads/main"), commit + "\n");
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Command git(World world, String... words) {
    var bare = List.of("git", "-C", world.folder.resolve("site.git").toString());
    return Command.of(Stream.concat(bare.stream(), Stream.of(words)).toList());
  }
}
