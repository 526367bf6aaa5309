package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The agent that runs on and on. */
class AgentIT {
  /** What its log says at the end of a run that left everything as it is written. */
  private static final String CONVERGED = "INFO  converged at ";

  @Test
  void a_guest_that_does_not_answer_keeps_no_push_waiting() throws Exception {
    try (var world = World.empty()) {
      var mute = Ready.muteImage(world.folder);
      world.settings("poll: 1h\nreadyTimeout: 1h\n"); // It is never told to have failed.
      world.site.reset();
      var agent = world.agent();
      agent.awaitSaying(CONVERGED, 1);
      var linda = world.pid("linda");

      world
          .site
          .write("images/mute.yaml", Site.pinned("Image", "mute", mute, "64MiB"))
          .write(BOB.named("fay").with("image", "mute").with("onImageChange", "replace"))
          .write(BOB.named("last").with("start", "{after: [fay]}"))
          .push("fay on an image without a network");
      assertThat(world.fjord("poke").exit()).isZero();
      agent.await("fay's kernel", () -> world.kernelOf("fay") > 0);
      var fay = world.kernelOf("fay");

      world.site.write(LINDA.with("memory", "96MiB")).push("More memory for linda");
      assertThat(world.fjord("poke").exit()).isZero();
      agent.await("linda's restart", () -> world.kernelOf("linda") != linda);
      agent.awaitSaying("start instance fay ... under way", 1);
      agent.await(
          "linda's restart to end", () -> agent.said("restart instance linda ... done") > 0);
      assertThat(world.kernelOf("fay")).as("nobody disturbs its start").isEqualTo(fay);
      assertThat(world.instance("fay").path("problems").toString())
          .contains("instance fay is starting: no answer yet");
      assertThat(world.kernelOf("last")).as("it comes after fay").isNegative();
      assertThat(world.plan().text())
          .contains("it starts after fay, whose start is under way")
          .doesNotContain("start instance last");

      world
          .site
          .write(BOB.named("fay").with("onImageChange", "replace"))
          .push("fay on one that has a network");
      assertThat(world.fjord("poke").exit()).isZero();
      agent.awaitSaying(CONVERGED, 2);
      assertThat(world.guest("fay", "bob", world.address("fay"), "hostname")).isEqualTo("fay");
      assertThat(world.guest("last", "bob", world.address("last"), "hostname")).isEqualTo("last");
      assertThat(agent.log()).contains("the start of instance fay was not waited for any longer");
    }
  }

  @Test
  void it_goes_on_whatever_is_done_to_the_clock() throws Exception {
    try (var world = World.empty()) {
      var clock = Files.writeString(world.folder.resolve("clock"), "0");
      world.settings("poll: 3s\nwatch: 1s\n");
      world.site.reset();
      var agent =
          world.begin(
              "agent",
              Map.of("LD_PRELOAD", clockThatCanBeSet(world.folder), "SET_CLOCK", clock.toString()));
      agent.awaitSaying(CONVERGED, 1);

      Files.writeString(clock, "-600");
      agent.awaitSaying("the clock of the host was set back by ", 1);
      world.site.write(BOB.with("restart", "window")).push("Something new");
      agent.awaitSaying(CONVERGED, 2);

      Files.writeString(clock, "31536000");
      world.site.write(BOB.with("restart", "now")).push("A year later");
      agent.awaitSaying(CONVERGED, 3);

      Files.writeString(clock, "-31536000");
      agent.awaitSaying("the clock of the host was set back by ", 2);
      var bob = world.pid("bob");
      Command.of("kill", "-STOP", Long.toString(bob)).output();
      agent.await("bob's restart", () -> world.kernelOf("bob") > 0 && world.kernelOf("bob") != bob);
      world.site.write(LINDA.with("restart", "window")).push("Two years before");
      agent.awaitSaying(CONVERGED, 4);
    }
  }

  private static String clockThatCanBeSet(Path folder) throws IOException {
    var source = folder.resolve("clock.c");
    try (var text = AgentIT.class.getResourceAsStream("clock.c")) {
      Files.copy(Objects.requireNonNull(text), source);
    }
    var library = folder.resolve("clock.so");
    Command.of("gcc", "-shared", "-fPIC", "-o", library + "", source + "", "-ldl").output();
    return library.toString();
  }

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
