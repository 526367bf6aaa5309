package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Roots that are larger than their image, with real kernels and a real file system. */
class RootGrowthIT {
  private static World world;

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

  @Test
  void a_root_grows_at_a_restart_again_and_again_and_the_bytes_are_the_same() throws Exception {
    var machine = LINDA;
    write(machine, "first");
    var bob = world.pid("bob");
    long before = mebibytes("linda");
    for (int size : new int[] {128, 256}) {
      machine = LINDA.with("root", size + "MiB");
      world.site.write(machine).push("linda needs room");

      var run = world.settles();

      assertThat(run.changes()).containsExactly("restart instance/linda");
      assertThat(run.fields()).containsExactly("root: " + size / 2 + "MiB -> " + size + "MiB");
      assertThat(run.change().path("disruption").asText()).isEqualTo("restart");
      assertThat(run.json().path("outcomes").get(0).path("problem").isNull()).isTrue();
      assertThat(mebibytes("linda")).isBetween(size * 8L / 10, (long) size);
      assertThat(mebibytes("linda")).isGreaterThan(before);
      assertSameBytes("first");
      write(machine, "second");
      assertThat(world.settles().changes()).isEmpty();
    }
    assertSameBytes("second");
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(world.state().resolve("trash").toFile().list())
        .as("the old root would hold the same bytes")
        .isNullOrEmpty();

    world.site.write(LINDA.with("root", "128MiB")).push("Less");
    var less = world.apply();
    assertThat(less.exit()).isEqualTo(4);
    assertThat(less.changes()).isEmpty();
    var refused = less.plan().path("refused").get(0);
    assertThat(refused.path("guard").asText()).isEqualTo("root-size");
    assertThat(refused.path("hint").asText()).contains("partners/linda/linda.yaml:");
    world.site.write(machine).push("As it was");
    world.settles();
    assertThat(world.fjord("verify").exit()).isZero();
  }

  @Test
  void a_new_machine_has_its_root_from_its_first_boot_on() throws Exception {
    var carla = Machine.BOB.named("carla").with("root", "512MiB");
    world.site.write(carla).push("A large one");
    world.settles();
    assertThat(mebibytes("carla")).isBetween(440L, 512L);
    assertThat(Long.parseLong(blocks("carla"))).as("KiB of a fresh root").isLessThan(16 << 10);
    world.site.write(carla.with("root", "640MiB")).push("A larger one");
    world.settles();
    assertThat(mebibytes("carla")).isBetween(550L, 640L);
  }

  @Test
  void killed_at_any_moment_of_it_the_next_run_ends_it() throws Exception {
    int size = 128;
    world.guest("bob", "dd if=/dev/urandom of=/root/file bs=1M count=4 2>/dev/null; sync");
    var sum = world.guest("bob", "sha256sum </root/file");
    for (int wait : new int[] {300, 1800}) {
      size += 64;
      world.site.write(Machine.BOB.with("root", size + "MiB")).push("More room");
      var apply = world.begin("apply");
      World.await(
          "the restart", () -> apply.said("restart instance bob ...") > 0 || !apply.isAlive());
      Thread.sleep(wait);
      apply.kill();
      // A kernel that was started just before has not answered yet: that is no run's to wait for.
      World.awaitTold("the end of it", () -> world.apply().exit() == 0);
      assertThat(mebibytes("bob")).as("after %s ms", wait).isBetween(size * 8L / 10, (long) size);
      assertThat(world.guest("bob", "sha256sum </root/file")).isEqualTo(sum);
      assertThat(world.settles().changes()).isEmpty();
    }
  }

  private static String blocks(String name) {
    Path root = world.state().resolve("instances/" + name + "/root.cow");
    assertThat(Files.exists(root)).isTrue();
    return Command.of(List.of("du", "-k", root.toString())).output().split("\t", -1)[0];
  }

  private static void write(Machine machine, String file) {
    world.guest(
        machine.name(),
        "mkdir -p /root/kept; dd if=/dev/urandom of=/root/kept/"
            + file
            + " bs=1M count=6 2>/dev/null; cd /root/kept; sha256sum * >../sums; sync");
  }

  private static void assertSameBytes(String file) {
    assertThat(world.guest("linda", "cd /root/kept; sha256sum -c ../sums"))
        .contains(file + ": OK")
        .doesNotContain("FAILED");
  }

  private static long mebibytes(String name) {
    var key = name.equals("linda") ? "linda" : "bob";
    var line = world.guest(name, key, world.address(name), "df -m / | tail -n 1");
    return Long.parseLong(line.trim().split(" +", -1)[1]);
  }
}
