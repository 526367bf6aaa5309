package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import dev.fjord.process.Detached;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A machine, the host, and a world beyond it. */
class UplinkIT {
  private static final String BEYOND = "fjord-beyond-" + ProcessHandle.current().pid();
  private static final String PING =
      "ping -c 1 -W 2 203.0.113.9 >/dev/null && echo there || echo no";
  private static World world;

  @BeforeAll
  static void linda_and_bob_run_on_a_host_with_a_world() throws Exception {
    world = World.ofLindaAndBob();
    Command.of("ip", "netns", "add", BEYOND).output();
    beyond("ip", "link", "add", "name", "w0", "type", "veth", "peer", "name", "up0");
    beyond("ip", "link", "set", "dev", "up0", "netns", world.folder.getFileName().toString());
    beyond("ip", "link", "set", "dev", "w0", "up");
    beyond("ip", "address", "add", "203.0.113.9/24", "dev", "w0");
    world.inside("ip", "address", "add", "203.0.113.1/24", "dev", "up0").output();
    world.inside("ip", "link", "set", "dev", "up0", "up").output();
    world.inside("ip", "route", "add", "default", "via", "203.0.113.9").output();
  }

  @AfterAll
  static void end() {
    Command.of("ip", "netns", "delete", BEYOND).run();
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void as_at_the_beginning() throws Exception {
    world.beginAgain();
  }

  private static void beyond(String... words) {
    assertThat(asked(words)).as("%s", String.join(" ", words)).isZero();
  }

  private static int asked(String... words) {
    var all = new java.util.ArrayList<>(java.util.List.of("ip", "netns", "exec", BEYOND));
    all.addAll(java.util.List.of(words));
    return Command.of(all).run().exit();
  }

  @Test
  void a_way_out_a_port_and_a_rate_come_and_go_without_a_restart() throws Exception {
    var pid = world.pid("linda");
    assertThat(world.guest("linda", PING)).as("a closed switch").isEqualTo("no");

    uplink("nat");
    world.site.write(
        "partners/linda.yaml",
        world.site.partner("linda").replace("addresses: 4", "addresses: 4, ports: 2200-2209"));
    world.site.write(
        LINDA.with(
            "network",
            "[{switch: lan, address: 192.0.2.5, rate: 20Mbit, ports: [{host: 2201, guest: 22}]}]"));
    world.site.push("A way out, and one in");
    var plan = world.plan();
    assertThat(plan.changes())
        .containsExactlyInAnyOrder(
            "update instance/linda", "update switch/lan", "update port/linda");
    assertThat(causes(plan)).containsOnly("intended");
    assertThat(plan.text()).contains("net.ipv4.conf.up0.forwarding").contains("tap-linda.rate");
    world.settles();
    assertThat(world.guest("linda", PING)).isEqualTo("there");
    assertThat(asked("bash", "-c", "read -t 5 line </dev/tcp/203.0.113.1/2201")).isZero();
    assertThat(world.inside("tc", "qdisc", "show", "dev", "tap-linda").output())
        .contains("tbf")
        .contains("rate 20Mbit");
    assertThat(world.apply().changes()).as("once more").isEmpty();

    world.inside("tc", "qdisc", "delete", "dev", "tap-linda", "root").output();
    world.inside("sysctl", "-q", "-w", "net.ipv4.conf.fj-lan.forwarding=0").output();
    var drift = world.settles();
    assertThat(drift.changes()).containsExactlyInAnyOrder("update switch/lan", "update port/linda");
    assertThat(causes(drift)).containsOnly("corrective");

    uplink("nat\n  reach: []");
    world.site.push("A honeypot");
    assertThat(causes(world.settles())).containsOnly("intended");
    assertThat(world.inside("ping", "-c", "1", "-W", "2", "192.0.2.5").run().exit()).isZero();
    assertThat(world.guest("linda", PING)).isEqualTo("no");
    assertThat(world.pid("linda")).as("nobody was restarted").isEqualTo(pid);
  }

  /** Docker's policy, and a program of the host's own on a port that bob asks for. */
  @Test
  void what_others_on_the_host_take_is_told_and_not_called_converged() throws Exception {
    uplink("nat");
    world.site.push("A way out");
    world.settles();
    world
        .inside("nft", "-f", "-")
        .input(
            """
            table ip filter {
              chain DOCKER-USER {
              }
              chain FORWARD {
                type filter hook forward priority filter; policy drop;
                jump DOCKER-USER
                iifname "docker0" accept
              }
            }
            """)
        .output();
    try {
      assertThat(world.guest("linda", PING)).isEqualTo("no");
      var run = world.apply();
      assertThat(run.exit()).as("%s", run).isEqualTo(4);
      assertThat(run.text())
          .contains("what guests send to other networks is taken by table ip filter, chain FORWARD")
          .contains("iptables -I DOCKER-USER -i " + world.bridge("lan") + " -j ACCEPT");
      assertThat(world.status().path("converged").asBoolean()).isFalse();
      assertThat(world.fjord("doctor").text())
          .contains("warning  host's firewall: what guests send to other networks on ");
      // As iptables(8) writes it.
      for (var way : java.util.List.of("iifname", "oifname")) {
        world
            .inside(
                "nft",
                "insert rule ip filter DOCKER-USER " + way + " " + world.bridge("lan") + " accept")
            .output();
      }
      world.settles();
      assertThat(world.guest("linda", PING)).isEqualTo("there");
      assertThat(world.fjord("doctor").text()).contains("host's firewall: lets switches through");
    } finally {
      world.inside("nft", "delete table ip filter").output();
    }

    Detached.start(
        world.inside("busybox", "nc", "-l", "-p", "2209").words(), world.folder.resolve("nc.log"));
    World.await(
        "a program on port 2209", () -> world.inside("ss", "-lnt").output().contains(":2209 "));
    world.site.write(
        "partners/linda.yaml",
        world.site.partner("linda").replace("addresses: 4", "addresses: 4, ports: 2200-2209"));
    world.site.write(
        LINDA.with(
            "network", "[{switch: lan, address: 192.0.2.5, ports: [{host: 2209, guest: 22}]}]"));
    world.site.push("A port that is taken");
    var refused = world.apply();
    assertThat(refused.exit()).as("%s", refused).isEqualTo(4);
    assertThat(refused.text())
        .contains("a program of this host has port 2209/tcp, and would no longer be reached")
        .contains("ss -lnpt sport = 2209");
    // As a word: these digits stand in some ranges of users, too.
    assertThat(world.inside("nft", "list", "table", "inet", "fjord").output())
        .doesNotContainPattern("\\b2209\\b");
  }

  private static List<String> causes(Run run) {
    List<String> causes = new ArrayList<>();
    run.plan().path("changes").forEach(change -> causes.add(change.path("cause").asText()));
    return causes;
  }

  private static void uplink(String uplink) throws Exception {
    world.site.write(
        "switches/lan.yaml",
        Site.document(
            "Switch",
            "lan",
            "  driver: bridge\n  subnet: 192.0.2.0/27\n  gateway: 192.0.2.1\n  uplink: "
                + uplink
                + "\n"));
  }
}
