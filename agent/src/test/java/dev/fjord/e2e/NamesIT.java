package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import dev.fjord.process.Detached;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names of instances, asked for by guests and by the host: real dnsmasq(8), real kernels. */
class NamesIT {
  private static final String SERVING =
      """
        subnet: 192.0.2.0/27
        uplink: none
        dns: true
        domain: lan.example.org
        nameservers: [192.0.2.30]
      """;

  private static World world;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
    world.inside("ip", "address", "add", "192.0.2.30/32", "dev", "lo").output();
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
  void names_resolve_and_stay_so() throws Exception {
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", SERVING));
    world.site.push("Names");
    var before = List.of(world.pid("linda"), world.pid("bob"));
    var first = world.apply();
    var linda = world.address("linda");

    assertThat(ask("linda")).contains(linda);
    assertThat(ask("linda.lan.example.org")).contains(linda);
    assertThat(ask(linda)).contains("name = linda.lan.example.org");

    // Nobody is restarted for it: who starts next is told.
    assertThat(first.exit()).as("%s", first).isEqualTo(3);
    assertThat(first.text()).contains("told of its name servers when it starts next");
    assertThat(world.status().path("converged").asBoolean()).isTrue();
    assertThat(List.of(world.pid("linda"), world.pid("bob"))).isEqualTo(before);
    before.forEach(world::kill);
    world.settles();
    assertThat(world.guest("bob", "nslookup linda.lan.example.org")).contains(linda);
    assertThat(world.guest("bob", "ping -c 1 -W 2 linda")).contains("1 packets received");

    // What is not here is asked of another server.
    var upstream = upstream();
    assertThat(ask("www.example.com")).contains("203.0.113.80");
    assertThat(world.guest("bob", "nslookup www.example.com")).contains("203.0.113.80");
    // The domain has other records elsewhere. What is known here is not asked there.
    assertThat(ask("www.lan.example.org")).contains("203.0.113.81");
    assertThat(ask("linda.lan.example.org")).contains(linda).doesNotContain("203.0.113");
    assertThat(ask("www.nowhere.invalid")).contains("NXDOMAIN");

    // Another machine: told without a restart of the daemon.
    var daemon = daemon();
    world.site.write(Machine.BOB.named("carol")).push("One more");
    world.settles();
    assertThat(ask("carol")).contains(world.address("carol"));
    assertThat(daemon()).isEqualTo(daemon);
    assertThat(world.settles().changes()).isEmpty();
    var told = world.status().path("switches").path(0).path("daemons").path(0);
    assertThat(told.path("program").asText()).isEqualTo("dnsmasq");
    assertThat(told.path("answers").asBoolean()).isTrue();

    // Killed: started again. No guest is touched.
    var pid = world.pid("linda");
    world.kill(daemon);
    world.settles();
    assertThat(daemon()).isNotEqualTo(daemon);
    assertThat(ask("linda")).contains(linda);

    // Other settings: another daemon.
    var second = daemon();
    world.site.write(
        "switches/lan.yaml",
        Site.document("Switch", "lan", SERVING.replace("[192.0.2.30]", "[192.0.2.29]")));
    world.site.push("Another server");
    world.settles();
    assertThat(daemon()).isNotEqualTo(second);
    assertThat(ask("linda")).contains(linda);
    assertThat(world.pid("linda")).isEqualTo(pid);

    // Not served any more.
    world.kill(upstream);
    world.site.write(
        "switches/lan.yaml", Site.document("Switch", "lan", "  subnet: 192.0.2.0/27\n"));
    world.site.push("No names");
    world.settles();
    assertThat(daemons()).isEmpty();
  }

  @Test
  void names_come_back_after_the_run_directory_was_lost() throws Exception {
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", SERVING));
    world.site.push("Names");
    world.apply();
    var linda = world.address("linda");
    assertThat(ask("linda")).contains(linda);
    var first = daemon();

    Command.of("rm", "-r", "-f", "--one-file-system", world.run().toString()).output();
    var plan = world.plan();
    assertThat(plan.text()).contains("does not answer with the names that it was told of");
    world.apply();
    assertThat(ask("linda")).contains(linda);
    assertThat(daemon()).isNotEqualTo(first);
    assertThat(world.plan().changes()).isEmpty();

    // One that is there and does nothing.
    var second = daemon();
    Command.of("kill", "-STOP", Long.toString(second)).output();
    world.apply();
    assertThat(daemon()).isNotEqualTo(second);
    assertThat(ask("linda")).contains(linda);

    // One that has not read what was written, as by a run that was ended in between.
    var third = daemon();
    Files.writeString(
        world.run().resolve("names/names"), "192.0.2.9 linda\n192.0.2.9 linda.lan.example.org\n");
    Command.of("kill", "-HUP", Long.toString(third)).output();
    World.await("another answer", () -> ask("linda").contains("192.0.2.9"));
    world.apply();
    assertThat(ask("linda")).contains(linda).doesNotContain("192.0.2.9");
    assertThat(daemon()).isEqualTo(third);
  }

  @Test
  void somebody_elses_port_is_told() throws Exception {
    var other = serve("192.0.2.1", "other");
    world.site.write("switches/lan.yaml", Site.document("Switch", "lan", SERVING));
    world.site.push("Names");

    var run = world.apply();
    assertThat(run.text())
        .contains("dnsmasq of switch lan ended at once")
        .contains("Address already in use")
        .contains("ss -lnup");
    assertThat(world.answers(world.address("linda"))).isTrue();

    world.kill(other);
    World.awaitTold("the end of its pause after two failures", () -> world.plan().exit() == 2);
    // Those who run are told of it when they start next, and that is all that is left.
    assertThat(world.apply().exit()).isEqualTo(3);
    assertThat(ask("linda")).contains(world.address("linda"));
  }

  @Test
  void the_hosts_file_has_one_block_that_is_kept() throws Exception {
    var hosts = world.folder.resolve("hosts");
    var others = "127.0.0.1 localhost\n198.51.100.9 bob # somebody's\r\n\tno newline";
    Files.writeString(hosts, others);
    Command.of("chmod", "0640", hosts.toString()).output();
    Command.of("chown", "1234:4321", hosts.toString()).output();
    world.settings("hostsFile: " + hosts + "\n");

    var run = world.settles();
    var linda = world.address("linda");
    var bob = world.address("bob");
    assertThat(Files.readString(hosts))
        .startsWith(others + "\n# BEGIN fjord " + world.state())
        .contains(linda + " linda.lan.internal linda\n")
        .contains(bob + " bob.lan.internal\n");
    assertThat(run.text()).contains("the name bob is not given to an instance");
    assertThat(Command.of("stat", "-c", "%a %u %g", hosts.toString()).output())
        .isEqualTo("640 1234 4321\n");
    assertThat(world.settles().changes()).isEmpty();

    for (int i = 0; i < 3; i++) {
      Files.writeString(hosts, Files.readString(hosts).replace(linda, "198.51.100.66"));
      var mended = world.settles();
      assertThat(mended.text()).contains("somebody changed fjord's lines");
      assertThat(Files.readString(hosts)).contains(linda);
    }
    Files.writeString(hosts, "# Generated by a rival\n" + others);
    var fight = world.apply();
    assertThat(fight.text())
        .contains("was changed back 3 times within 10 minutes")
        .contains("It lacks '")
        .contains("Generated by a rival");
    assertThat(Files.readString(hosts)).isEqualTo("# Generated by a rival\n" + others);

    // A link is not followed.
    Files.delete(hosts);
    Files.createSymbolicLink(hosts, world.folder.resolve("elsewhere"));
    Files.writeString(world.folder.resolve("elsewhere"), "untouched");
    assertThat(world.apply().text()).contains("it is a symbolic link");
    assertThat(Files.readString(world.folder.resolve("elsewhere"))).isEqualTo("untouched");
  }

  /** What the host hears when it asks the gateway. */
  private static String ask(String question) {
    return world.inside("busybox", "nslookup", question, "192.0.2.1").run().text();
  }

  /** Another server, on an address of the namespace. */
  private static long upstream() throws Exception {
    return serve("192.0.2.30", "upstream");
  }

  private static long serve(String address, String name) throws Exception {
    var mark = world.folder.resolve(name + ".pid");
    Detached.start(
        world
            .inside(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--no-hosts",
                "--no-resolv",
                "--bind-interfaces",
                "--except-interface=lo",
                "--listen-address=" + address,
                "--pid-file=" + mark,
                "--host-record=www.lan.example.org,203.0.113.81",
                "--host-record=www.example.com,203.0.113.80,2001:db8::80")
            .words(),
        world.folder.resolve(name + ".log"));
    World.await(name, () -> Files.exists(mark) && !Files.readString(mark).isBlank());
    return Long.parseLong(Files.readString(mark).strip());
  }

  private static List<Long> daemons() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> World.commandLine(pid).startsWith("/usr/sbin/dnsmasq\0"))
        .filter(pid -> World.commandLine(pid).contains(world.run().resolve("names") + "/"))
        .toList();
  }

  private static long daemon() {
    assertThat(daemons()).hasSize(1);
    return daemons().get(0);
  }
}
