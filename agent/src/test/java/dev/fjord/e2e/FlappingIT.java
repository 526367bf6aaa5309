package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A machine that no restart helps. */
class FlappingIT {
  @Test
  void a_port_that_nobody_opens_is_restarted_three_times_and_no_more() throws Exception {
    try (var world = World.empty()) {
      // A port need not be open before the readyTimeout is over: it is waited for at each start.
      world.settings("poll: 1h\nwatch: 1s\nreadyTimeout: 10s\n");
      world.site.reset();
      world.site.write(BOB.with("health", "{tcp: 81}")).push("Bob has no such service");
      var agent = world.agent();
      for (int i = 1; i <= 4; i++) {
        agent.awaitSaying("instance bob: its user space hangs: its port accepts no connection", i);
      }
      agent.awaitTold(
          "a refusal", () -> world.status().path("refused").toString().contains("flapping"));
      var bob = world.kernelOf("bob");
      var refused = world.status().path("refused").path(0);
      assertThat(refused.path("summary").asText())
          .contains("instance bob is no longer restarted: 3 restarts within an hour did not help");
      assertThat(world.plan().changes()).as("nothing that a run would do").isEmpty();
      Thread.sleep(6_000); // Long enough for the watch to ask for several runs.
      assertThat(world.kernelOf("bob")).isEqualTo(bob);
      world.site.write(BOB.with("health", "{tcp: 22}")).push("It is ssh");
      assertThat(world.fjord("poke").exit()).isZero();
      agent.awaitSaying("instance bob is well again", 4);
      agent.awaitTold("nothing refused", () -> world.status().path("refused").isEmpty());
      assertThat(world.kernelOf("bob")).isEqualTo(bob);
    }
  }
}
