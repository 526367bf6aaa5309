package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Restarts that somebody orders. */
class RestartIT {
  private static final String CONVERGED = "INFO  converged at ";

  @Test
  void an_agent_restarts_whom_it_is_told_to_whatever_the_document_waits_for() throws Exception {
    try (var world = World.empty()) {
      world.settings("poll: 1h\n");
      world.site.reset();
      world.site.write(LINDA.with("restart", "window")).push("Linda waits for windows");
      var agent = world.agent();
      agent.awaitSaying(CONVERGED, 1);
      var boot = world.bootId("linda");
      var bob = world.pid("bob");
      world.guest("linda", "echo kept > /srv/storage/kept");

      var run = world.launched("restart", "linda");

      assertThat(run.exit()).as("restart: %s", run).isZero();
      assertThat(run.text()).isEqualTo("instance linda was restarted\n");
      assertThat(run.error()).contains("[1/1] restart instance linda ... done");
      assertThat(world.bootId("linda")).isNotEqualTo(boot);
      assertThat(world.guest("linda", "cat /srv/storage/kept")).isEqualTo("kept");
      assertThat(world.pid("bob")).isEqualTo(bob);
      assertThat(agent.log())
          .contains("root orders a restart of linda")
          .contains("restart instance linda ... done");
      agent.awaitTold(
          "who it was",
          () ->
              world.instance("linda").has("restarted")
                  && world.instance("linda").path("restarted").path("by").asText().equals("root"));
      assertThat(world.fjord("status", "linda").text()).contains("restarted  by root, ordered ");
      assertThat(Files.readString(world.state().resolve("journal/changes.jsonl")))
          .contains("root ordered it at ")
          .contains("('fjord restart')");

      var wrong = world.launched("restart", "lnda");
      assertThat(wrong.exit()).as("restart: %s", wrong).isEqualTo(4);
      assertThat(wrong.text())
          .isEqualTo("there is no instance lnda on this host\n    next: did you mean 'linda'?\n");
    }
  }

  @Test
  void an_agent_that_is_killed_in_between_leaves_no_order_behind() throws Exception {
    try (var world = World.empty()) {
      world.settings("poll: 1h\n");
      world.site.reset();
      var agent = world.agent();
      agent.awaitSaying(CONVERGED, 1);
      var order = world.begin("restart", "linda");
      agent.awaitSaying("restart instance linda ...", 1);
      agent.kill();
      order.await("the command to end", () -> !order.isAlive());
      assertThat(order.log()).contains("what came of the restart is not known [restart-unknown]");

      var next = world.agent();
      next.awaitSaying(CONVERGED, 1);
      var linda = world.pid("linda");
      assertThat(world.fjord("poke").exit()).isZero();
      next.await("another run", () -> world.status().path("converged").asBoolean());
      assertThat(world.pid("linda")).isEqualTo(linda);
      assertThat(next.log()).doesNotContain("restart instance linda");
    }
  }

  @Test
  void without_an_agent_the_command_does_one_run() throws Exception {
    try (var world = World.ofLindaAndBob()) {
      var boot = world.bootId("linda");
      var bob = world.pid("bob");

      var run = world.launched("restart", "linda");

      assertThat(run.exit()).as("restart: %s", run).isZero();
      assertThat(run.text()).isEqualTo("instance linda was restarted\n");
      assertThat(world.bootId("linda")).isNotEqualTo(boot);
      assertThat(world.pid("bob")).isEqualTo(bob);
      assertThat(world.settles().changes()).isEmpty();
    }
  }
}
