package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody with root deletes taps under machines that run. */
class LostTapIT {
  private static final String LINDA = "192.0.2.5";

  private static World world;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void as_at_the_beginning() throws Exception {
    world.beginAgain();
  }

  @Test
  void a_deleted_tap_is_made_anew_and_taken_up_by_the_kernel_that_runs() {
    var boot = world.bootId("linda");
    var pid = world.pid("linda");
    deleteTap();
    var run = world.settles();
    assertThat(run.changes()).containsExactly("update port/linda");
    assertThat(run.change().path("cause").asText()).isEqualTo("corrective");
    assertThat(run.change().path("disruption").asText()).isEqualTo("none");
    assertThat(run.change().path("reason").asText()).isEqualTo("somebody deleted its tap");
    assertThat(world.answers(LINDA)).isTrue();
    assertThat(world.plan().exit()).isZero();
    assertThat(world.pid("linda")).isEqualTo(pid);
    assertThat(world.bootId("linda")).isEqualTo(boot);
  }

  @Test
  void twenty_times_in_a_row_idle_and_under_load() throws Exception {
    var boot = world.bootId("linda");
    var pid = world.pid("linda");
    for (var round = 0; round < 20; round++) {
      var load = round % 2 == 0 ? null : flood();
      try {
        deleteTap();
        assertThat(world.settles().changes()).containsExactly("update port/linda");
        assertThat(world.answers(LINDA)).as("round %d", round).isTrue();
      } finally {
        if (load != null) {
          load.destroyForcibly().waitFor();
        }
      }
    }
    assertThat(world.pid("linda")).isEqualTo(pid);
    assertThat(world.bootId("linda")).as("by ssh").isEqualTo(boot);
    assertThat(world.guest("linda", "dd if=/dev/zero bs=64k count=256 2>/dev/null | wc -c"))
        .isEqualTo("16777216");
  }

  @Test
  void a_guest_that_sends_all_the_while_goes_on_sending() {
    var boot = world.bootId("linda");
    world.guest("linda", "(ping -i 0.2 192.0.2.1 >/dev/null 2>&1 &)");
    deleteTap();
    sleep(3_000); // It sends where nothing leads any more.
    // Its guest asks for the gateway's Ethernet address once a second: it may answer after the run.
    assertThat(world.apply().changes()).containsExactly("update port/linda");
    World.await("an answer", () -> world.answers(LINDA));
    assertThat(world.bootId("linda")).isEqualTo(boot);
    world.guest("linda", "killall ping");
  }

  @Test
  void a_tap_that_somebody_made_again_by_hand_is_taken_up_too() throws Exception {
    var pid = world.pid("linda");
    var uid = Files.getAttribute(Path.of("/proc/" + pid), "unix:uid").toString();
    deleteTap();
    world
        .inside("ip", "tuntap", "add", "dev", "tap-linda", "mode", "tap", "user", uid, "vnet_hdr")
        .output();
    world
        .inside("ip", "link", "set", "dev", "tap-linda", "alias", "fjord:port/linda/" + LINDA)
        .output();
    world
        .inside("ip", "link", "set", "dev", "tap-linda", "up", "master", world.bridge("lan"))
        .output();
    // A guest that sends meanwhile has its kernel take it up before anybody looks.
    assertThat(world.plan().changes()).isIn(List.of(), List.of("update port/linda"));
    world.settles();
    assertThat(world.answers(LINDA)).isTrue();
    assertThat(world.pid("linda")).isEqualTo(pid);
  }

  @Test
  void an_interface_that_a_guest_takes_down_is_its_own_affair() {
    world.guest("linda", "(sleep 1; ip link set vec0 down; sleep 20; reboot -f) >/dev/null 2>&1 &");
    World.await("a closed descriptor", () -> tuns().isEmpty());
    assertThat(world.plan().changes()).isEmpty();
    world.kill(world.pid("linda"));
  }

  @Test
  void a_machine_that_is_paused_takes_it_up_when_it_goes_on() throws Exception {
    var boot = world.bootId("linda");
    world.site.write(Machine.LINDA.with("power", "paused")).push("Pause linda");
    world.settles();
    deleteTap();
    assertThat(world.settles().changes()).containsExactly("update port/linda");
    assertThat(world.plan().exit()).as("nothing more while it is paused").isZero();
    world.site.write(Machine.LINDA).push("Let linda go on");
    world.settles();
    assertThat(world.answers(LINDA)).isTrue();
    assertThat(world.bootId("linda")).isEqualTo(boot);
  }

  /** What leads to its tap is the host's alone: nothing is asked of the kernel. */
  @Test
  void a_kernel_that_root_stopped_has_its_port_again_before_it_goes_on() {
    var boot = world.bootId("linda");
    var pid = world.pid("linda");
    signal("STOP", pid);
    try {
      deleteTap();
      assertThat(world.apply().changes()).containsExactly("update port/linda");
      assertThat(world.plan().changes()).isEmpty();
    } finally {
      signal("CONT", pid);
    }
    World.await("an answer", () -> world.answers(LINDA));
    assertThat(world.bootId("linda")).isEqualTo(boot);
    assertThat(world.plan().exit()).isZero();
  }

  private static void deleteTap() {
    world.inside("ip", "link", "delete", "dev", "tap-linda").output();
  }

  /** What fdinfo says of the tun descriptors of linda's kernel. */
  private static List<String> tuns() {
    return Command.of("grep", "-h", "-r", "^iff:", "/proc/" + world.pid("linda") + "/fdinfo")
        .run()
        .text()
        .lines()
        .toList();
  }

  private static Process flood() throws IOException {
    return new ProcessBuilder(world.inside("ping", "-f", "-q", LINDA).words())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void signal(String name, long pid) {
    Command.of("kill", "-" + name, Long.toString(pid)).output();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
