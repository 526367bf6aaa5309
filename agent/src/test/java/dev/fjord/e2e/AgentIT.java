package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import org.junit.jupiter.api.Test;

/** The agent that runs on and on. */
class AgentIT {
  /** What its log says at the end of a run that left everything as it is written. */
  private static final String CONVERGED = " converged at ";

  @Test
  void it_looks_when_told_and_its_own_end_disturbs_no_machine() throws Exception {
    try (var world = World.empty()) {
      world.settings("poll: 1h\n");
      world.site.reset();
      var agent = world.agent();
      agent.awaitSaying(CONVERGED, 1);
      var linda = world.pid("linda");
      var bob = world.pid("bob");

      var second = world.launched("agent");
      assertThat(second.exit()).isEqualTo(6);
      assertThat(second.error())
          .contains("another run holds the lock " + world.run().resolve("lock"))
          .contains("fjord poke");
      assertThat(world.apply().exit()).isEqualTo(6);
      assertThat(world.plan().exit()).as("a plan needs no lock").isZero();

      world.site.write(LINDA.with("memory", "96MiB")).push("More memory for linda");
      assertThat(world.fjord("poke").exit()).isZero();
      agent.await("linda's restart", () -> world.kernelOf("linda") != linda);
      assertThat(world.guest("linda", "hostname")).isEqualTo("linda");

      world.site.write(BOB.with("memory", "96MiB")).push("More memory for bob");
      Command.of("kill", "-HUP", Long.toString(agent.pid())).output();
      agent.await("bob's restart", () -> world.kernelOf("bob") != bob);
      agent.awaitSaying(CONVERGED, 3);
      var lindasLater = world.pid("linda");
      var bobsLater = world.pid("bob");

      assertThat(agent.end()).isIn(0, 143);
      assertThat(world.fjord("poke").exit()).isEqualTo(1);
      assertThat(world.answers(world.address("linda"))).isTrue();
      var next = world.agent();
      next.awaitSaying(CONVERGED, 1);
      next.kill();
      assertThat(world.settles().changes()).isEmpty();
      assertThat(world.pid("linda")).isEqualTo(lindasLater);
      assertThat(world.pid("bob")).isEqualTo(bobsLater);
    }
  }
}
