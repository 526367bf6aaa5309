package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disks that become larger under a machine, with real kernels and real file systems. */
class GrowthIT {
  private static World world;
  private static int volumes;

  /** The one that linda has now, and where her guest mounts it. */
  private static String volume = "storage";

  @BeforeAll
  static void a_host() throws Exception {
    world = World.ofLindaAndBob();
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  /** linda has another volume, of 64 MiB, with a file of hers: one restart takes the old away. */
  @BeforeEach
  void a_volume_with_a_file() throws Exception {
    volume = "storage" + ++volumes;
    world.site.write(small()).push("A small volume", "Fjord-Allow-Deletes: 9");
    world.settles();
    removeTrash();
    world.guest(
        "linda",
        "cd /srv/"
            + volume
            + " && dd if=/dev/urandom of=file bs=1M count=20 2>/dev/null;"
            + " sha256sum <file >sum; sync");
  }

  private static Machine small() {
    return sized(64);
  }

  private static Machine large() {
    return sized(128);
  }

  private static void removeTrash() {
    for (var entry : world.state().resolve("trash").toFile().listFiles()) {
      dev.fjord.process.Command.of("rm", "-r", entry.toString()).output();
    }
  }

  @Test
  void a_volume_and_a_swap_grow_at_one_restart_and_the_bytes_are_the_same() throws Exception {
    assertThat(mebibytes()).isBetween(50L, 64L);
    var bob = world.pid("bob");
    world.site.write(large().with("swap", "32MiB")).push("linda needs room");

    var run = world.settles();

    assertThat(run.changes()).containsExactly("restart instance/linda");
    assertThat(run.fields())
        .containsExactlyInAnyOrder(
            "swap: null -> 32MiB", "volumes." + volume + ": 64MiB -> 128MiB");
    assertThat(run.change().path("disruption").asText()).isEqualTo("restart");
    assertThat(run.change().path("cause").asText()).isEqualTo("intended");
    assertThat(outcome(run).path("problem").isNull()).as("%s", run).isTrue();
    assertThat(mebibytes()).isBetween(108L, 128L);
    assertSameBytes();
    assertThat(swapKibibytes()).isBetween(32_000L, 32_768L);
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(world.settles().changes()).isEmpty();

    world.site.write(large().with("swap", "16MiB")).push("Less swap");
    assertThat(world.settles().fields()).containsExactly("swap: 32MiB -> 16MiB");
    assertThat(swapKibibytes()).isBetween(16_000L, 16_384L);
    assertSameBytes();
  }

  @Test
  void a_machine_that_is_stopped_grows_before_its_next_start() throws Exception {
    world.site.write(small().with("power", "stopped")).push("A pause");
    world.settles();
    world.site.write(large().with("power", "stopped")).push("More room");
    assertThat(world.settles().changes()).containsExactly("update instance/linda");
    world.site.write(large()).push("Up again");
    world.settles();
    assertThat(mebibytes()).isBetween(108L, 128L);
    assertSameBytes();
  }

  @Test
  void it_never_shrinks_and_says_where_it_is_declared() throws Exception {
    world.site.write(sized(32)).push("Less");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.changes()).isEmpty();
    var refused = run.plan().path("refused").get(0);
    assertThat(refused.path("guard").asText()).isEqualTo("volume-size");
    assertThat(refused.path("hint").asText()).contains("partners/linda/linda.yaml:");
    assertSameBytes();
  }

  @Test
  void a_file_system_that_a_guest_broke_is_told_once_and_the_machine_runs() throws Exception {
    var device = device();
    world.guest(
        "linda",
        "umount /srv/" + volume + "; dd if=/dev/zero of=" + device + " bs=1M count=8; sync");
    world.site.write(large()).push("More room for nothing");

    var run = world.settles();

    var problem = outcome(run).path("problem");
    assertThat(problem.path("code").asText()).as("%s", run).isEqualTo("filesystem-not-grown");
    assertThat(problem.path("detail").asText()).startsWith("volume " + volume + ", 128MiB now: ");
    assertThat(world.instance("linda").path("problems").get(0).path("code").asText())
        .isEqualTo("filesystem-not-grown");
    assertThat(world.guest("linda", "cat /sys/block/" + device.substring(5) + "/size"))
        .as("sectors")
        .isEqualTo(Integer.toString(128 << 11));
    assertThat(world.settles().changes()).isEmpty();
    assertThat(world.instance("linda").path("problems")).isEmpty();
  }

  @Test
  void killed_at_any_moment_of_it_the_next_run_ends_it() throws Exception {
    for (int wait : new int[] {300, 1500}) {
      world.site.write(large()).push("More room");
      var apply = world.begin("apply");
      World.await(
          "the restart", () -> apply.said("restart instance linda ...") > 0 || !apply.isAlive());
      Thread.sleep(wait);
      apply.kill();
      World.awaitTold("the end of it", () -> world.apply().exit() == 0);
      assertThat(Files.size(world.state().resolve("instances/linda/volumes/" + volume + ".img")))
          .isEqualTo(128L << 20);
      assertThat(mebibytes()).as("after %s ms", wait).isBetween(108L, 128L);
      assertSameBytes();
      assertThat(world.settles().changes()).isEmpty();
      a_volume_with_a_file();
    }
  }

  private static JsonNode outcome(Run run) {
    return run.json().path("outcomes").get(0);
  }

  private static Machine sized(int mebibytes) {
    return LINDA.with("volumes", "[{name: " + volume + ", size: " + mebibytes + "MiB}]");
  }

  private static void assertSameBytes() {
    var sums = world.guest("linda", "cd /srv/" + volume + " && sha256sum <file && cat sum");
    assertThat(sums.lines()).hasSize(2);
    assertThat(sums.lines().distinct()).hasSize(1);
  }

  private static String device() {
    return world.guest("linda", "grep ' /srv/" + volume + " ' /proc/mounts | cut -d' ' -f1");
  }

  private static long mebibytes() {
    var line = world.guest("linda", "df -m /srv/" + volume + " | tail -n 1");
    return Long.parseLong(line.trim().split(" +", -1)[1]);
  }

  private static long swapKibibytes() {
    var line = world.guest("linda", "grep SwapTotal /proc/meminfo");
    return Long.parseLong(line.replaceAll("[^0-9]", ""));
  }
}
