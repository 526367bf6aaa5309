package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.model.Digest;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a machine that runs is held to, and what root in it finds of the host. */
class BoundsIT {
  private static final Path V1 = Path.of("/sys/fs/cgroup/cpu");
  private static final Path V2 = Path.of("/sys/fs/cgroup");

  private static World world;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofBoundedLindaAndBob();
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
  void another_share_of_the_processors_counts_at_once() throws Exception {
    assumeTrue(Files.isDirectory(group()), "the host bounds no processors");
    var pid = world.pid("linda");
    world.site.write(Machine.LINDA.with("cpu", "{weight: 300, limit: 150%}")).push("More");
    var run = world.settles();
    assertThat(run.changes()).containsExactly("update instance/linda");
    assertThat(run.change().path("disruption").asText()).isEqualTo("none");
    assertThat(world.pid("linda")).isEqualTo(pid);
    assertThat(isV1() ? said("cpu.shares") : said("cpu.weight")).isEqualTo(isV1() ? "3072" : "300");
    assertThat(isV1() ? said("cpu.cfs_quota_us") : said("cpu.max")).startsWith("150000");
    world.site.write(Machine.LINDA).push("As before");
    assertThat(world.settles().changes()).containsExactly("update instance/linda");
    assertThat(isV1() ? said("cpu.shares") : said("cpu.weight")).isEqualTo(isV1() ? "1024" : "100");
  }

  /** As one that an older agent started, or that somebody's hand moved. */
  @Test
  void what_runs_outside_of_its_group_is_put_into_it() throws Exception {
    assumeTrue(Files.isDirectory(group()), "the host bounds no processors");
    var pid = world.pid("linda");
    Files.writeString((isV1() ? V1 : V2).resolve("cgroup.procs"), Long.toString(pid));
    var run = world.settles();
    assertThat(run.changes()).containsExactly("update instance/linda");
    assertThat(run.change().path("cause").asText()).isEqualTo("corrective");
    assertThat(run.change().path("reason").asText())
        .isEqualTo("its processes are not held to what it may take of the host");
    assertThat(said("cgroup.procs").lines()).contains(Long.toString(pid));
    assertThat(world.settles().changes()).isEmpty();
  }

  /** So that what guests ask it is taken from no other machine. */
  @Test
  void what_serves_a_switch_is_in_a_group_of_its_own() throws Exception {
    assumeTrue(Files.isDirectory(group()), "the host bounds no processors");
    var lan = "  subnet: 192.0.2.0/27\n";
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", lan + "  dns: true\n"));
    world.site.push("Names");
    assertThat(world.apply().exit()).as("machines are told at their next start").isEqualTo(3);
    var name = group().getFileName().toString().replace("linda", "_dnsmasq-lan");
    var served = group().resolveSibling(name);
    assertThat(Files.readAllLines(served.resolve("cgroup.procs")))
        .anyMatch(pid -> World.commandLine(Long.parseLong(pid)).startsWith("/usr/sbin/dnsmasq\0"));
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", lan));
    world.site.push("No names");
    world.settles();
    assertThat(served).doesNotExist();
  }

  /** Without this the rest would need no proof: guest root writes its kernel's memory. */
  @Test
  void root_in_a_guest_owns_the_process_of_its_kernel_and_finds_nothing_of_the_host() {
    var page = "bs=4096 count=1";
    world.guest("linda", "mkdir -p /tmp/host && mount -t hostfs none /tmp/host -o /");
    assertThat(
            world.guest(
                "linda",
                "dd if=/tmp/host/proc/self/mem of=/tmp/page skip=$((0x7fffffffe)) "
                    + page
                    + " 2>/dev/null && dd if=/tmp/page of=/tmp/host/proc/self/mem"
                    + " seek=$((0x7fffffffe)) conv=notrunc "
                    + page
                    + " 2>/dev/null && echo written"))
        .endsWith("written");
    assertThat(world.guest("linda", "ls /tmp/host; ls /tmp/host/dev").lines())
        .contains("proc", "null")
        .doesNotContain("etc", "root", "home", "sys", "sda", "kmsg");
    world.guest("linda", "umount /tmp/host");
  }

  private static boolean isV1() {
    return Files.exists(V1.resolve("cgroup.procs"));
  }

  private static Path group() {
    var hash = Digest.ofText(world.run().toString()).hex().substring(0, 8);
    return (isV1() ? V1 : V2).resolve("fjord/linda." + hash);
  }

  private static String said(String file) throws IOException {
    return Command.of("cat", group().resolve(file).toString()).output().strip();
  }
}
