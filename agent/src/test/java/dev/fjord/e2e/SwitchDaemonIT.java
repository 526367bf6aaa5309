package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guests behind uml_switch(1), real kernels of Debian's 6.1. */
class SwitchDaemonIT {
  private static final String OLD =
      """
        driver: uml_switch
        subnet: 192.0.2.0/27
        uplink: none
      """;
  private static final String NEW =
      """
        driver: bridge
        subnet: 192.0.2.0/27
        uplink: none
      """;

  private static World world;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
    loseAnnouncements();
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
  void guests_talk_through_it_and_a_dead_one_is_replaced() throws Exception {
    world.site.write("kernels/uml.yaml", kernel("6.1.176"));
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", OLD));
    world.site.push("An old switch");

    // From taps to the daemon: the daemon first, then each machine, then the old taps.
    var plan = world.plan();
    assertThat(plan.text())
        .contains("start/daemon/lan/uml_switch")
        .contains("restart/instance/linda")
        .contains("delete/port/tap-linda");
    world.settles();
    assertTalking();
    assertThat(taps()).singleElement().asString().startsWith("fju-");
    assertThat(world.settles().changes()).isEmpty();
    assertThat(Files.getPosixFilePermissions(world.run().resolve("switches"))).hasSize(3);

    var linda = world.pid("linda");
    var daemon = daemon();
    assertThat(status(daemon, "Uid")).doesNotContain("\t0\t");
    assertThat(status(daemon, "CapEff")).contains("0000000000000000");
    assertThat(status(daemon, "NoNewPrivs")).contains("1");

    assertOutOfReachOfTheHost();

    // An agent comes and goes: nothing is touched.
    var agent = world.agent();
    agent.awaitSaying("converged", 1);
    agent.kill();
    assertThat(daemon()).isEqualTo(daemon);
    assertThat(world.pid("linda")).isEqualTo(linda);

    // It dies; its guests start again, since they do not connect again.
    world.kill(daemon);
    var mended = world.plan();
    assertThat(mended.text()).contains("it no longer runs").contains("restart/instance/bob");
    world.settles();
    assertTalking();
    assertThat(daemon()).isNotEqualTo(daemon);
    assertThat(world.pid("linda")).isNotEqualTo(linda);
    assertThat(world.settles().changes()).isEmpty();

    // One that is stopped has its socket and its tap, and does nothing.
    var stopped = daemon();
    Command.of("kill", "-STOP", Long.toString(stopped)).output();
    assertThat(world.plan().text()).contains("or it is stopped").contains("restart/instance/bob");
    world.settles();
    assertTalking();
    assertThat(daemon()).isNotEqualTo(stopped);

    // Somebody takes its tap out of the bridge: mended without a restart.
    var again = world.pid("linda");
    world.inside("ip", "link", "set", taps().get(0), "nomaster").output();
    world.settles();
    assertTalking();
    assertThat(world.pid("linda")).isEqualTo(again);
    assertThat(stations()).hasSize(2);

    // The bridge is deleted: likewise.
    world.inside("ip", "link", "delete", "fj-lan").output();
    world.settles();
    assertTalking();
    assertThat(world.pid("linda")).isEqualTo(again);
    assertThat(stations()).hasSize(2);
    assertThat(world.plan().changes()).isEmpty();

    // And back to taps: the bridge saw everybody behind the daemon's a moment ago.
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", NEW));
    world.site.push("A bridge again");
    world.settles();
    assertTalking();
    assertThat(taps()).containsExactly("tap-bob", "tap-linda");
    assertThat(daemons()).isEmpty();
    assertThat(world.settles().changes()).isEmpty();
  }

  /** Its kernel has the way by which it was started, until it is started again. */
  @Test
  void who_waits_for_a_restart_stays_on_the_network() throws Exception {
    world.site.write("kernels/uml.yaml", kernel("6.1.176"));
    world.site.write(Machine.LINDA.with("restart", "next-start"));
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", OLD));
    world.site.push("An old switch, for linda at her next start");
    var linda = world.pid("linda");
    var bob = world.pid("bob");
    assertWaiting();
    assertTalking();
    assertThat(world.pid("linda")).isEqualTo(linda);
    assertThat(world.pid("bob")).isNotEqualTo(bob);

    world.kill(linda);
    world.settles();
    assertTalking();
    assertThat(taps()).singleElement().asString().startsWith("fju-");

    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", NEW));
    world.site.push("A bridge again, for linda at her next start");
    var behind = world.pid("linda");
    assertWaiting();
    assertTalking();
    assertThat(world.pid("linda")).isEqualTo(behind);
    assertThat(taps()).hasSize(2).contains("tap-bob").doesNotContain("tap-linda");

    // Its daemon is nobody's but hers now, and is not started again: then she is.
    world.kill(daemon());
    world.settles();
    assertTalking();
    assertThat(taps()).containsExactly("tap-bob", "tap-linda");
    assertThat(world.settles().changes()).isEmpty();
  }

  /** What a guest's root makes of its kernel's process may do what is in that one's namespace. */
  private static void assertOutOfReachOfTheHost() throws Exception {
    var listen =
        "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S,"
            + " pack_sockaddr_un(\"\\0fjord-host\")) && listen(S, 5) or die $!; sleep 600";
    var reach =
        "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0)"
            + " && connect(S, pack_sockaddr_un(\"\\0fjord-host\")) or exit 3";
    var words = new ArrayList<>(world.inside("perl", "-e", listen).words());
    var listener = new ProcessBuilder(words).start();
    try {
      // Where uml_switch and its guests were before, it is reached.
      World.await(
          "a program of the host's", () -> world.inside("perl", "-e", reach).run().exit() == 0);
      for (var pid : List.of(daemon(), world.pid("linda"), world.pid("bob"))) {
        var net = "--net=/proc/" + pid + "/ns/net";
        assertThat(Command.of("nsenter", net, "perl", "-e", reach).run().exit()).isEqualTo(3);
        assertThat(Command.of("nsenter", net, "ip", "-o", "link").output())
            .as("bridges of the host")
            .doesNotContain("fj-lan");
      }
    } finally {
      listener.descendants().forEach(ProcessHandle::destroy);
      listener.destroy();
    }
    assertThat(namespaceOf(world.pid("linda"))).isEqualTo(namespaceOf(daemon()));
  }

  private static String namespaceOf(long pid) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")).toString();
  }

  /** One machine on a uml_switch, and on a bridge where it is held to its address. */
  @Test
  void a_machine_may_be_on_both_kinds_of_switches() throws Exception {
    world.site.write("kernels/uml.yaml", kernel("6.1.176"));
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", OLD));
    world.site.write(
        "switches/side.yaml",
        Site.document("Switch", "side", NEW.replace("192.0.2.0", "198.51.100.0")));
    var both = "[{switch: lan}, {switch: side, address: 198.51.100.7}]";
    world.site.write(Machine.LINDA.with("network", both));
    world.site.push("An old switch, and one more");
    world.settles();
    assertTalking();
    assertThat(taps()).hasSize(2).anyMatch(tap -> tap.startsWith("fju-"));
    assertThat(world.settles().changes()).isEmpty();

    // What is left of it in the namespace that it shares hinders no start.
    var linda = world.pid("linda");
    world.kill(linda);
    world.settles();
    assertTalking();
    assertThat(world.pid("linda")).isNotEqualTo(linda);
    assertThat(world.settles().changes()).isEmpty();

    // Somebody deletes its port of the bridge: mended without a restart.
    var again = world.pid("linda");
    var port = taps().stream().filter(tap -> !tap.startsWith("fju-")).findFirst().orElseThrow();
    world.inside("ip", "link", "delete", port).output();
    world.settles();
    assertThat(world.pid("linda")).isEqualTo(again);
    assertThat(taps()).contains(port);
    assertThat(world.settles().changes()).isEmpty();
  }

  private static void assertWaiting() {
    world.apply();
    var run = world.apply();
    assertThat(run.changes()).isEmpty();
    assertThat(run.plan().path("waiting").path(0).path("instance").asText()).isEqualTo("linda");
  }

  @Test
  void a_kernel_that_calls_itself_otherwise_starts_nobody() throws Exception {
    try (var other = World.empty()) {
      other.site.reset();
      other.site.write("kernels/uml.yaml", kernel("6.1.1"));
      other.site.write("switches/lan.yaml", Site.document("Switch", "lan", OLD));
      other.site.push("Another version");
      other.apply();

      assertThat(other.plan().text())
          .contains("calls itself 6.1.176, and its document says 6.1.1")
          .doesNotContain("start/instance/linda");
    }
  }

  private static List<String> stations() {
    return world
        .inside("bridge", "fdb", "show", "dev", taps().get(0), "state", "static")
        .output()
        .lines()
        .filter(line -> line.contains(" sticky"))
        .toList();
  }

  private static String kernel(String version) throws IOException {
    return Site.pinned("Kernel", "uml", Ready.KERNEL, "") + "  version: \"" + version + "\"\n";
  }

  private static void assertTalking() {
    assertThat(world.answers(world.address("linda"))).isTrue();
    assertThat(world.answers(world.address("bob"))).isTrue();
    assertThat(world.guest("linda", "ping -c 1 -W 2 " + world.address("bob")))
        .contains("1 packets received");
  }

  /** As a Debian guest, which announces nothing, or as frames that a busy host loses. */
  private static void loseAnnouncements() {
    world.inside("nft", "add table bridge quiet").output();
    var hook = "{ type filter hook prerouting priority -500; }";
    world.inside("nft", "add chain bridge quiet before " + hook).output();
    for (var name : List.of("linda", "bob")) {
      var own = world.address(name);
      var announcement = "arp saddr ip " + own + " arp daddr ip " + own;
      world.inside("nft", "add rule bridge quiet before " + announcement + " drop").output();
    }
  }

  /** Ports of machines and daemons: all are in the group {@code fjor}. */
  private static List<String> taps() {
    return world
        .inside("ip", "-o", "link", "show", "group", "1718251378")
        .output()
        .lines()
        .map(line -> line.split(": ", 3)[1].replaceFirst("@.*", ""))
        .sorted()
        .toList();
  }

  private static List<Long> daemons() {
    var argument = "-unix\0" + world.run().resolve("switches/lan/ctl") + "\0";
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> World.commandLine(pid).startsWith("/usr/bin/uml_switch\0" + argument))
        .toList();
  }

  private static long daemon() {
    assertThat(daemons()).hasSize(1);
    return daemons().get(0);
  }

  private static String status(long pid, String field) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/status"))
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .findFirst()
        .orElseThrow();
  }
}
