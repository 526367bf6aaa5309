package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An administrator moves the state directory, as to a larger disk. */
class MovedStateIT {
  private World world;

  @BeforeEach
  void linda_and_bob_have_files() throws Exception {
    world = World.ofLindaAndBob();
    for (var name : new String[] {"linda", "bob"}) {
      world.guest(name, "echo " + name + "-was-here >/root/kept; sync");
    }
  }

  @AfterEach
  void end() {
    if (world != null) {
      world.close();
    }
  }

  @Test
  void machines_that_were_stopped_start_from_the_new_place() throws Exception {
    stopAll();
    var old = move();
    startAll();

    var plan = world.plan();
    assertThat(plan.plan().path("refused")).isEmpty();
    assertThat(plan.changes())
        .contains("update instance/linda", "start instance/linda", "update instance/bob");
    assertThat(plan.text())
        .contains("\"path\" : \"root.cow\"")
        .contains("\"from\" : \"" + old + "/images/tiny/")
        .contains("\"to\" : \"" + world.state() + "/images/tiny/");

    world.settles();
    theyHaveTheirFiles();
    for (var name : new String[] {"linda", "bob"}) {
      assertThat(header(name)).contains(world.state() + "/images/").doesNotContain(old.toString());
    }
    assertThat(world.plan().changes()).isEmpty();
  }

  /** A rename pulls it away from under kernels, which have everything open and notice nothing. */
  @Test
  void machines_that_run_go_on_and_their_next_start_finds_its_place() throws Exception {
    var linda = world.pid("linda");
    var old = move();
    assertThat(world.settles().changes()).isEmpty();
    assertThat(world.instance("linda").path("pid").asLong()).isEqualTo(linda);
    theyHaveTheirFiles();

    world.kill(linda);
    assertThat(world.settles().changes())
        .containsExactly("update instance/linda", "start instance/linda");
    assertThat(world.kernelOf("linda")).isPositive().isNotEqualTo(linda);
    theyHaveTheirFiles();
    assertThat(header("linda")).contains(world.state() + "/images/").doesNotContain(old + "/");
    assertThat(world.plan().changes()).isEmpty();
  }

  @Test
  void images_that_did_not_come_along_are_asked_for() throws Exception {
    stopAll();
    var old = move();
    Command.of("chattr", "-R", "-f", "-i", world.state().toString()).run();
    Files.move(world.state().resolve("images"), world.folder.resolve("images-aside"));
    startAll();
    var before = header("linda");
    var refused = world.plan().plan().path("refused").toString();
    assertThat(refused)
        .contains("instance linda is not started: its root.cow stands on " + old + "/images/tiny/")
        .contains("move " + old + "/images/tiny/")
        .contains(" to " + world.state() + "/images/tiny/")
        .contains("'cp -a' keeps it");
    assertThat(header("linda")).isEqualTo(before);
  }

  private void theyHaveTheirFiles() {
    for (var name : new String[] {"linda", "bob"}) {
      assertThat(world.guest(name, "cat /root/kept")).isEqualTo(name + "-was-here");
    }
  }

  private void stopAll() throws IOException {
    world.site.write(LINDA.with("power", "stopped"), BOB.with("power", "stopped")).push("Stop");
    world.settles();
  }

  private void startAll() throws IOException {
    world.site.write(LINDA, BOB).push("Go on");
  }

  /** Returns where it was. */
  private Path move() throws IOException {
    var old = world.state();
    world.moveState("t/moved");
    return old;
  }

  private String header(String name) throws IOException {
    try (var in = Files.newInputStream(world.state().resolve("instances/" + name + "/root.cow"))) {
      return new String(in.readNBytes(4128), StandardCharsets.ISO_8859_1);
    }
  }
}
