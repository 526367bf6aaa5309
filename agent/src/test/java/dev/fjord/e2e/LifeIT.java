package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Digest;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What pushes do to machines that run. */
class LifeIT {
  private static World world;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.empty();
    world.site.reset();
    var first = world.launched("apply", "--format", "json");
    assertThat(first.exit()).as("apply: %s", first).isZero();
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
  void a_push_becomes_machines_that_answer_and_let_their_owners_in() {
    assertThat(world.address("linda")).isEqualTo("192.0.2.5");
    assertThat(world.address("bob")).as("the lowest free address").isEqualTo("192.0.2.2");
    assertThat(world.answers("192.0.2.5")).isTrue();
    assertThat(world.answers("192.0.2.2")).isTrue();
    assertThat(world.guest("linda", "hostname; id -u")).isEqualTo("linda\n0");
    assertThat(world.guest("bob", "hostname; id -u")).isEqualTo("bob\n0");
    assertThat(world.ssh("linda", "bob", "192.0.2.5", "true").exit())
        .as("bob's key on linda's machine")
        .isEqualTo(255);
    assertThat(world.guest("linda", "grep /srv/storage /proc/mounts")).contains("ext4 rw");
  }

  @Test
  void kernels_are_shown_a_tun_device_that_nobody_else_closes() {
    var own = world.state().resolve("devices/tun");
    assertThat(own).exists();
    assertThat(world.processesOf("linda"))
        .map(World::commandLine)
        .anyMatch(line -> line.contains(own.toString()));
  }

  @Test
  void applied_once_more_there_is_nothing_to_do() {
    var pid = world.pid("linda");
    var again = world.settles();
    assertThat(again.changes()).isEmpty();
    assertThat(again.json().path("converged").asBoolean()).isTrue();
    var plan = world.launched("plan", "--format", "json");
    assertThat(plan.exit()).isZero();
    assertThat(plan.text()).as("byte for byte").isEqualTo(world.plan().text());
    assertThat(world.pid("linda")).isEqualTo(pid);
  }

  @Test
  void the_status_tells_what_runs() {
    var status = world.launched("status", "--format", "json").json();
    assertThat(status.path("version").asInt()).isEqualTo(1);
    assertThat(status.path("host").asText()).isEqualTo("slart");
    assertThat(status.path("converged").asBoolean()).isTrue();
    assertThat(status.path("revision").asText())
        .isEqualTo(world.site.git("rev-parse", "HEAD").strip())
        .isEqualTo(status.path("desiredRevision").asText());
    assertThat(status.path("since").asText()).isNotEmpty();
    assertThat(status.path("problems")).isEmpty();
    assertThat(status.path("switches").path(0).path("name").asText()).isEqualTo("lan");
    assertThat(status.path("images").path(0).path("name").asText()).isEqualTo("tiny");
    assertThat(status.path("kernels").path(0).path("usable").asBoolean()).isTrue();
    var linda = world.instance("linda");
    assertThat(linda.path("partner").asText()).isEqualTo("linda");
    assertThat(linda.path("power").asText()).isEqualTo("running");
    assertThat(linda.path("pid").asLong()).isEqualTo(world.pid("linda"));
    assertThat(linda.path("image").asText()).isEqualTo("tiny");
    assertThat(linda.path("outdated").asBoolean(true)).isFalse();
    assertThat(linda.path("memory").asText()).isEqualTo("64MiB");
    assertThat(linda.path("uptimeSeconds").isIntegralNumber()).isTrue();
    assertThat(linda.path("problems")).isEmpty();
  }

  @Test
  void a_large_file_reaches_a_guest() {
    var text = "0123456789abcdef".repeat(4 << 16);
    assertThat(world.send("linda", text, "sha256sum")).startsWith(Digest.ofText(text).hex());
    assertThat(world.guest("linda", "dmesg")).doesNotContain("Incoming GSO frames");
  }

  @Test
  void more_memory_restarts_that_machine_and_no_other() throws Exception {
    var before = world.bootId("linda");
    var bob = world.pid("bob");
    var bobsBoot = world.bootId("bob");
    world.site.write(LINDA.with("memory", "96MiB")).push("More memory for linda");

    var plan = world.plan();
    assertThat(plan.exit()).isEqualTo(2);
    assertThat(plan.changes()).containsExactly("restart instance/linda");
    assertThat(plan.fields()).containsExactly("memory: 64MiB -> 96MiB");
    assertThat(plan.change().path("disruption").asText()).isEqualTo("restart");
    assertThat(plan.change().path("cause").asText()).isEqualTo("intended");
    assertThat(world.bootId("linda")).as("a plan changes nothing").isEqualTo(before);

    world.settles();
    assertThat(memoryOf("linda")).isBetween(80_000L, 96L * 1024);
    assertThat(world.bootId("linda")).isNotEqualTo(before);
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(world.bootId("bob")).isEqualTo(bobsBoot);
  }

  @Test
  void keys_volumes_and_the_address_are_changed_by_a_restart_of_that_machine() throws Exception {
    var bob = world.pid("bob");
    world.guest("linda", "echo precious >/srv/storage/note; sync");
    world
        .site
        .write(
            LINDA
                .at("192.0.2.9")
                .with("authorizedKeys", "['" + world.publicKey("bob") + "']")
                .with(
                    "volumes",
                    "[{name: storage, size: 16MiB, filesystem: ext4},"
                        + " {name: more, size: 16MiB, filesystem: ext4}]"))
        .push("Another address, other keys, another volume");

    var plan = world.plan();
    assertThat(plan.changes()).containsExactly("restart instance/linda");
    assertThat(plan.fields())
        .hasSize(3)
        .anyMatch(field -> field.startsWith("authorizedKeys: ssh-ed25519 "))
        .contains("network.0.address: 192.0.2.5 -> 192.0.2.9", "volumes.more: null -> 16MiB");

    world.settles();
    assertThat(world.answers("192.0.2.9")).isTrue();
    assertThat(world.answers("192.0.2.5")).as("the old address").isFalse();
    assertThat(world.guest("linda", "bob", "192.0.2.9", "cat /srv/storage/note; ls -d /srv/more"))
        .isEqualTo("precious\n/srv/more");
    assertThat(world.ssh("linda", "linda", "192.0.2.9", "true").exit()).isEqualTo(255);
    assertThat(world.pid("bob")).isEqualTo(bob);
  }

  @Test
  void a_killed_kernel_is_started_again_by_the_next_run() {
    var before = world.bootId("linda");
    var bob = world.pid("bob");
    world.kill(world.pid("linda"));
    var run = world.settles();
    assertThat(run.changes()).containsExactly("start instance/linda");
    assertThat(run.change().path("cause").asText()).isEqualTo("corrective");
    assertThat(world.bootId("linda")).isNotEqualTo(before);
    assertThat(world.pid("bob")).isEqualTo(bob);
  }

  @Test
  void a_document_put_back_brings_back_bytes_address_and_identity() throws Exception {
    var mac = world.guest("bob", "cat /sys/class/net/vec0/address");
    var address = world.address("bob");
    var record = Files.readString(world.state().resolve("instances/bob/instance.json"));
    world.guest("bob", "echo precious >/root/note; sync");
    world.site.remove(BOB).push("bob leaves");
    assertThat(world.settles().changes()).containsExactly("delete instance/bob");
    assertThat(world.processesOf("bob")).isEmpty();
    assertThat(world.answers(address)).isFalse();
    assertThat(world.state().resolve("instances/bob")).doesNotExist();
    assertThat(world.plan().exit()).isZero();

    // Nobody else is given his address meanwhile.
    world.site.write(BOB.named("carol")).push("bob has another machine");
    world.settles();
    assertThat(world.address("carol")).isNotEqualTo(address);

    world.site.write(BOB).push("bob comes back");
    assertThat(world.settles().changes()).contains("restore instance/bob", "start instance/bob");
    assertThat(world.address("bob")).isEqualTo(address);
    assertThat(world.guest("bob", "cat /root/note /sys/class/net/vec0/address"))
        .as("the same bytes and the same host key, else ssh refuses")
        .isEqualTo("precious\n" + mac);
    assertThat(Files.readString(world.state().resolve("instances/bob/instance.json")))
        .isEqualTo(record);
  }

  @Test
  void stopped_paused_and_running_again() throws Exception {
    var boot = world.bootId("linda");
    var linda = world.pid("linda");
    world.site.write(LINDA.with("power", "paused")).push("Pause linda");
    assertThat(world.settles().fields()).containsExactly("power: running -> paused");
    assertThat(world.instance("linda").path("power").asText()).isEqualTo("paused");
    assertThat(world.answers("192.0.2.5")).isFalse();
    var used = cpuOf(linda);
    Thread.sleep(1_500);
    assertThat(cpuOf(linda)).as("what a paused kernel uses").isEqualTo(used);
    assertThat(world.plan().exit()).isZero();

    world.site.write(LINDA).push("Let linda go on");
    assertThat(world.settles().fields()).containsExactly("power: paused -> running");
    assertThat(world.answers("192.0.2.5")).isTrue();
    assertThat(world.bootId("linda")).isEqualTo(boot);
    assertThat(world.pid("linda")).isEqualTo(linda);

    world.guest("linda", "echo kept >/root/note; echo kept >/srv/storage/note");
    world.site.write(LINDA.with("power", "stopped")).push("Stop linda");
    assertThat(world.settles().changes()).containsExactly("stop instance/linda");
    assertThat(world.processesOf("linda")).isEmpty();
    assertThat(world.instance("linda").path("power").asText()).isEqualTo("stopped");
    var volume = world.state().resolve("instances/linda/volumes/storage.img");
    assertThat(Command.of("dumpe2fs", "-h", volume.toString()).output())
        .as("shut down with care: nothing to recover")
        .containsPattern("Filesystem state: +clean")
        .doesNotContain("needs_recovery");
    assertThat(world.plan().exit()).isZero();

    world.site.write(LINDA).push("Start linda");
    assertThat(world.settles().changes()).contains("start instance/linda");
    assertThat(world.guest("linda", "cat /root/note /srv/storage/note"))
        .as("what was written just before the shutdown, and not synced")
        .isEqualTo("kept\nkept");
    assertThat(world.guest("linda", "dmesg | grep -c 'recovery complete' || true")).isEqualTo("0");
  }

  @Test
  void a_kernel_that_keeps_dying_is_tried_less_and_less_often() throws Exception {
    world.kill(world.pid("bob"));
    var plan = world.plan();
    for (var deaths = 1; deaths < 3 && plan.exit() == 2; deaths++) {
      world.settles();
      world.kill(world.pid("bob"));
      plan = world.plan();
    }
    assertThat(plan.exit()).isEqualTo(3);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.plan().path("waiting").path(0).path("until").asText()).isEqualTo("backoff");
    assertThat(plan.plan().path("waiting").path(0).path("summary").asText())
        .contains("ended 2 times soon after its start", "the next try is due at");
    World.awaitTold("the next try", () -> world.plan().exit() == 2);
    world.settles();
    assertThat(world.guest("bob", "hostname")).isEqualTo("bob");
  }

  @Test
  void lost_records_lose_no_address() throws Exception {
    var bob = world.address("bob");
    var pid = world.pid("bob");
    var record = world.state().resolve("instances/bob/instance.json");
    var saved = Files.readAllBytes(record);
    Files.delete(record);
    world.apply();
    assertThat(told("bob")).isEqualTo(bob);
    assertThat(world.pid("bob")).isEqualTo(pid);

    // Both copies, and everything that is only remembered.
    Command.of("rm", "-r", world.state().resolve("records").toString()).output();
    Files.delete(world.state().resolve("status.json"));
    world.site.write(BOB.named("dora")).push("bob has another machine");
    assertThat(world.apply().text()).contains("record-unreadable");
    assertThat(told("dora")).isNotEqualTo(bob);
    assertThat(userOf("dora")).as("the user of who came then").isNotEqualTo(userOf("bob"));
    assertThat(world.pid("bob")).isEqualTo(pid);
    assertThat(world.answers(bob)).isTrue();

    Files.write(record, saved); // From a backup, as the hint says.
    assertThat(world.settles().changes()).isEmpty();
    assertThat(told("bob")).isEqualTo(bob);
  }

  /** As after somebody has put an older fjord in the place of the one that was there. */
  @Test
  void a_record_of_a_newer_version_stops_every_change_and_no_machine() throws Exception {
    var bob = world.address("bob");
    var linda = world.bootId("linda");
    world.site.write(LINDA, BOB.with("power", "stopped")).push("bob's machine rests");
    world.settles();
    var record = world.state().resolve("instances/bob/instance.json");
    var saved = Files.readString(record);
    var newer = saved.replaceFirst("\"version\" : 1", "\"version\" : 2");
    Files.writeString(record, newer);

    world.site.write(LINDA, BOB.named("dora")).push("dora in the place of bob");
    for (var run : List.of(world.plan(), world.apply())) {
      assertThat(run.exit()).as("%s", run).isEqualTo(1);
      assertThat(run.text() + run.error())
          .contains("newer-file", record + " was written by a newer version of fjord")
          .contains("its format is version 2; this fjord knows 1", "Install the newer fjord again");
    }
    assertThat(record).hasContent(newer);
    assertThat(world.state().resolve("instances/dora")).doesNotExist();
    assertThat(world.bootId("linda")).isEqualTo(linda);

    Files.writeString(record, saved);
    world.site.write(LINDA, BOB).push("bob again");
    world.settles();
    assertThat(told("bob")).isEqualTo(bob);
  }

  @Test
  void a_lost_tap_and_a_lost_bridge_are_mended_while_the_guests_run() {
    var linda = world.bootId("linda");
    world.inside("ip", "link", "set", "dev", "tap-linda", "nomaster").output();
    assertThat(world.answers("192.0.2.5")).isFalse();
    assertThat(world.settles().changes()).containsExactly("update port/linda");
    assertThat(world.answers("192.0.2.5")).isTrue();

    world.inside("ip", "link", "delete", "dev", world.bridge("lan")).output();
    var run = world.settles();
    assertThat(run.changes())
        .containsExactly("create switch/lan", "update port/bob", "update port/linda");
    assertThat(world.answers("192.0.2.5")).isTrue();
    assertThat(world.bootId("linda")).isEqualTo(linda);
  }

  private static Object userOf(String name) throws Exception {
    return Files.getAttribute(world.state().resolve("instances/" + name + "/root.cow"), "unix:uid");
  }

  /** Jiffies in user and kernel mode (proc_pid_stat(5)). */
  private static String cpuOf(long pid) throws Exception {
    var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return fields[11] + " " + fields[12];
  }

  /** The address that the status tells. */
  private static String told(String name) {
    return world.instance(name).path("addresses").path(0).asText();
  }

  private static long memoryOf(String name) {
    return Long.parseLong(
        world.guest(name, "sed -n 's/MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo"));
  }
}
