package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The traffic of a machine, as the host keeps it. */
class CaptureIT {
  private static final Path TCPDUMP = Path.of("/usr/bin/tcpdump");

  @Test
  void what_it_sends_and_gets_is_kept_within_bounds_and_nothing_of_its_neighbours()
      throws Exception {
    assumeThat(TCPDUMP).as("apt-get install tcpdump").isExecutable();
    try (var world = World.empty()) {
      world.site.reset();
      world
          .site
          .write(
              "fjord.yaml",
              """
              apiVersion: fjord.dev/v1
              kind: Site
              metadata: {name: slart}
              spec:
                deletionBudget: 1
                defaults: {image: tiny, kernel: uml, memory: 64MiB}
                capture: {partners: true}
              """)
          .write(LINDA.with("capture", "{files: 4, size: 1MiB}"))
          .push("Linda is a honeypot");
      world.settles();
      var daemon = capture(world);
      assertThat(Command.of("stat", "-c", "%u", "/proc/" + daemon).output().strip())
          .as("whom it runs as")
          .isEqualTo(Integer.toString(world.firstUid + 99)); // The last one of the Host's range.
      assertThat(Files.readString(Path.of("/proc/" + daemon + "/status")))
          .as("CAP_NET_RAW and nothing else")
          .contains("CapEff:\t0000000000002000")
          .contains("CapBnd:\t0000000000002000")
          .contains("NoNewPrivs:\t1");

      // From its first packet on: what it says of itself before anybody has asked.
      assertThat(packets(world, "arp and ether host " + mac(world, "linda"))).isNotEmpty();
      // What the filter drops is seen, too: somebody else's address.
      world.guest(
          "linda",
          "ip addr add 192.0.2.9/27 dev vec0; ping -c 3 -w 3 -I 192.0.2.9 192.0.2.1; true");
      World.await(
          "the packets that are not linda's to send",
          () -> packets(world, "src host 192.0.2.9").contains("192.0.2.9"));
      world.guest("bob", "ping -c 3 -w 5 192.0.2.1");
      assertThat(world.answers(world.address("linda"))).isTrue();
      World.await(
          "a ping of linda's", () -> packets(world, "icmp and host 192.0.2.5").contains("echo"));
      assertThat(packets(world, "icmp and host " + world.address("bob")))
          .as("what is between bob and the host")
          .isEmpty();

      // A flood goes round in the ring.
      var flood = world.inside("ping", "-q", "-f", "-c", "6000", "-s", "1400", "192.0.2.5").run();
      assertThat(flood.text()).contains("6000 packets transmitted");
      assertThat(files(world)).hasSizeBetween(1, 4);
      assertThat(total(world)).isLessThan(4 * (1_000_000 + (1 << 20)));

      // Whoever ends it only makes it begin anew, and loses nothing that was kept.
      Command.of("kill", "-KILL", Long.toString(daemon)).output();
      World.await("its end", () -> !Files.exists(Path.of("/proc/" + daemon)));
      var again = world.settles();
      assertThat(again.changes()).anyMatch(id -> id.equals("start daemon/linda"));
      assertThat(capture(world)).isNotEqualTo(daemon);
      assertThat(files(world)).anyMatch(file -> file.toString().contains("/earlier-"));

      // With its machine it ends and begins.
      var before = capture(world);
      assertThat(world.fjord("restart", "linda").exit()).isZero();
      assertThat(capture(world)).isNotEqualTo(before);
      assertThat(world.settles().changes()).isEmpty();
      assertThat(total(world)).isLessThan(4 * (1_000_000 + (1 << 20)));

      // Without it nobody is restarted, and what was kept stays, into the trash.
      var linda = world.pid("linda");
      world.site.write(LINDA).push("No honeypot any more");
      world.settles();
      assertThat(captures(world)).isEmpty();
      assertThat(world.pid("linda")).isEqualTo(linda);
      assertThat(files(world)).isNotEmpty();
      world.site.remove(LINDA).push("Linda leaves");
      world.settles();
      try (var trash = Files.list(world.state().resolve("trash"))) {
        assertThat(trash.map(folder -> folder.resolve("capture")).filter(Files::isDirectory))
            .hasSize(1);
      }
      assertThat(world.answers(world.address("bob"))).as(BOB.name()).isTrue();
    }
  }

  private static List<Long> captures(World world) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> World.commandLine(pid).startsWith(TCPDUMP + "\0-i"))
        .filter(pid -> World.commandLine(pid).contains(world.state() + "/instances/linda/capture/"))
        .toList();
  }

  private static long capture(World world) {
    assertThat(captures(world)).hasSize(1);
    return captures(world).get(0);
  }

  private static List<Path> files(World world) throws IOException {
    try (var files = Files.list(world.state().resolve("instances/linda/capture"))) {
      return files.toList();
    }
  }

  private static long total(World world) throws IOException {
    long total = 0;
    for (var file : files(world)) {
      total += Files.size(file);
    }
    return total;
  }

  private static String mac(World world, String name) throws IOException {
    return world.guest(name, "cat /sys/class/net/vec0/address");
  }

  /** Of all files, as tcpdump prints them. */
  private static String packets(World world, String filter) throws IOException {
    var text = new StringBuilder();
    for (var file : files(world)) {
      text.append(Command.of("tcpdump", "-n", "-r", file.toString(), filter).run().text());
    }
    return text.toString();
  }
}
