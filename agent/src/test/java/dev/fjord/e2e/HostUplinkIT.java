package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Machines, a host that has an interface of its own, and a world beyond it that sends 1500 bytes.
 */
class HostUplinkIT {
  private static final String BEYOND = "fjord-around-" + ProcessHandle.current().pid();
  private static final String PING =
      "ping -c 1 -W 2 203.0.113.9 >/dev/null && echo there || echo no";
  private static final int MUCH = 3_000_000;
  private static World world;

  @BeforeAll
  static void linda_and_bob_run_on_a_host_with_a_world() throws Exception {
    world = World.ofLindaAndBob();
    Command.of("ip", "netns", "add", BEYOND).output();
    beyond("ip", "link", "add", "name", "w0", "type", "veth", "peer", "name", "up0");
    beyond("ip", "link", "set", "dev", "up0", "netns", world.folder.getFileName().toString());
    beyond("ip", "link", "set", "dev", "w0", "up");
    beyond("ip", "address", "add", "203.0.113.9/24", "dev", "w0");
    beyond("ip", "address", "add", "192.0.2.30/27", "dev", "w0");
    // As cables do: a wire would carry whole segments of up to 64 KiB, whatever its MTU.
    beyond("ethtool", "-K", "w0", "tso", "off", "gso", "off", "gro", "off", "sg", "off");
    inside("ip", "address", "add", "203.0.113.1/24", "dev", "up0");
    inside("ip", "link", "set", "dev", "up0", "up", "mtu", "1400");
    inside("ip", "route", "add", "default", "via", "203.0.113.9");
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

  private static String inside(String... words) {
    return world.inside(words).output();
  }

  private static String beyond(String... words) {
    var all = new ArrayList<>(List.of("ip", "netns", "exec", BEYOND));
    all.addAll(List.of(words));
    return Command.of(all).timeout(Duration.ofMinutes(2)).output();
  }

  private static void lan(String more) throws IOException {
    world.site.write(
        "switches/lan.yaml", Site.document("Switch", "lan", "  subnet: 192.0.2.0/27\n" + more));
  }

  @Test
  void a_switch_that_is_refused_cuts_nobody_off() throws Exception {
    lan("  uplink: nat\n");
    world.site.push("A way out");
    world.settles();
    assertThat(world.guest("linda", PING)).isEqualTo("there");
    var before = host();

    world.site.write(
        "switches/own.yaml",
        Site.document(
            "Switch", "own", "  subnet: 198.51.100.0/27\n  bridge: up0\n  uplink: nat\n"));
    world.site.push("The host's own interface as a bridge");
    var run = world.apply();

    assertThat(run.exit()).as("%s", run).isEqualTo(4);
    assertThat(run.text()).contains("switch own needs bridge up0");
    assertThat(world.guest("linda", PING)).isEqualTo("there");
    assertThat(inside("nft", "list", "ruleset")).doesNotContain("up0").doesNotContain("198.51.");
    assertThat(host()).isEqualTo(before);

    world.site.remove("switches/own.yaml").push("Back");
    world.settles();
  }

  @Test
  void guests_of_a_small_uplink_send_what_it_carries() throws Exception {
    inside("ip", "address", "add", "192.0.2.29/27", "dev", "up0");
    lan("  gateway: 192.0.2.30\n  uplink: bridged\n  uplinkInterface: up0\n");
    world.site.push("In the network of the world");
    assertThat(world.plan().text()).contains("network.0.mtu");
    world.settles();
    for (var who : List.of("linda", "bob")) {
      assertThat(world.guest(who, "cat /sys/class/net/vec0/mtu")).isEqualTo("1400");
      assertThat(beyond("bash", "-c", "head -c " + MUCH + " /dev/zero | " + ssh(who, "wc -c")))
          .as("to %s", who)
          .isEqualToIgnoringWhitespace(MUCH + "");
      assertThat(beyond("bash", "-c", ssh(who, "head -c " + MUCH + " /dev/zero") + " | wc -c"))
          .as("from %s", who)
          .isEqualToIgnoringWhitespace(MUCH + "");
    }
    assertThat(world.apply().changes()).isEmpty();

    var pid = world.pid("linda");
    inside("ip", "link", "set", "dev", "tap-linda", "mtu", "1500");
    assertThat(world.plan().text()).contains("tap-linda.mtu");
    world.settles();
    assertThat(inside("cat", "/sys/class/net/tap-linda/mtu")).isEqualToIgnoringWhitespace("1400");

    // An uplink that carries more ends nobody's machine.
    inside("ip", "link", "set", "dev", "up0", "mtu", "1500");
    assertThat(world.plan().changes())
        .containsExactlyInAnyOrder("update switch/lan", "update port/linda", "update port/bob");
    world.settles();
    assertThat(inside("cat", "/sys/class/net/fj-lan/mtu")).isEqualToIgnoringWhitespace("1500");
    assertThat(world.apply().changes()).isEmpty();
    assertThat(world.pid("linda")).isEqualTo(pid);

    inside("ip", "link", "set", "dev", "up0", "mtu", "1400");
    inside("ip", "address", "delete", "192.0.2.29/27", "dev", "fj-lan");
    lan("  uplink: none\n");
    world.site.push("By themselves again");
    world.settles();
    assertThat(inside("ip", "address", "show", "dev", "up0"))
        .contains("203.0.113.1/24")
        .doesNotContain("192.0.2.");
  }

  private static String ssh(String who, String command) {
    return ("ssh -F /dev/null -i %s -o IdentitiesOnly=yes -o BatchMode=yes -o LogLevel=ERROR"
            + " -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no root@%s '%s'")
        .formatted(world.key(who), world.address(who), command);
  }

  /**
   * With the daemons that drivers are, real runs, and no machine that would have to start again.
   */
  @Test
  void the_host_has_the_same_whichever_driver_and_uplink_it_came_from() throws Exception {
    world.site.remove(Machine.LINDA, Machine.BOB).push("Nobody", "Fjord-Allow-Deletes: 2");
    world.settles();
    Map<String, String> known = new HashMap<>();
    for (var way :
        List.of(
            "bridge none",
            "uml_switch bridged",
            "bridge nat",
            "uml_switch none",
            "bridge bridged",
            "uml_switch nat",
            "bridge none",
            "bridge bridged",
            "uml_switch none",
            "uml_switch bridged",
            "uml_switch nat",
            "bridge bridged",
            "bridge nat",
            "bridge none")) {
      var mode = way.substring(way.indexOf(' ') + 1);
      lan(
          "  driver: %s\n  uplink: %s\n%s"
              .formatted(
                  way.substring(0, way.indexOf(' ')),
                  mode,
                  mode.equals("none") ? "" : "  uplinkInterface: up0\n"));
      world.site.push(way);
      var run = world.apply();
      // Behind a uml_switch nobody is told that the uplink carries less.
      assertThat(run.exit())
          .as("%s: %s", way, run)
          .isEqualTo(way.equals("uml_switch bridged") ? 4 : 0);
      assertThat(world.apply().withFilters()).as("%s, once more", way).isEmpty();
      var host = host();
      assertThat(known.computeIfAbsent(mode, first -> host)).as(way).isEqualTo(host);
    }
  }

  /** Addresses, routes, and what is whose port, but for the taps of drivers. */
  private static String host() {
    var all = new TreeSet<String>();
    for (var version : List.of("-4", "-6")) {
      inside("ip", "-o", version, "address", "show")
          .lines()
          .filter(line -> !line.contains(" fe80:"))
          .forEach(line -> all.add(line.replaceFirst("^[0-9]+: ", "")));
      inside("ip", version, "route", "show", "table", "all")
          .lines()
          .filter(line -> !line.contains("fe80:") && !line.contains("ff00:"))
          .map(line -> line.replaceAll(" linkdown|( +$)", ""))
          .forEach(all::add);
    }
    inside("ip", "-o", "link", "show", "dev", "up0")
        .lines()
        .map(line -> line.replaceAll(".*(mtu [0-9]+).*?((master [^ ]+)?) .*", "up0 $1 $2"))
        .forEach(all::add);
    return String.join("\n", all);
  }
}
