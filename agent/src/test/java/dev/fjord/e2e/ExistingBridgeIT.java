package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bridge that somebody else has made on the host, with a port and an address of theirs. */
class ExistingBridgeIT {
  private static final String OTHERS = "fjord-theirs-" + ProcessHandle.current().pid();
  private static World world;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
    Command.of("ip", "netns", "add", OTHERS).output();
  }

  @AfterAll
  static void end() {
    Command.of("ip", "netns", "delete", OTHERS).run();
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void as_at_the_beginning() throws Exception {
    world.beginAgain();
  }

  @Test
  void machines_are_ports_of_it_and_nothing_else_of_it_is_touched() throws Exception {
    lan("existing\n  bridge: br0");
    world.site.push("A bridge of the host's");
    refuses("'uplink: existing'), which is not there");

    inside("ip", "link", "add", "name", "br0", "type", "veth", "peer", "name", "brx");
    refuses("'uplink: existing'), which is an interface and no bridge");
    inside("ip", "link", "delete", "br0");
    // Ours is not theirs.
    lan("existing\n  bridge: fj-lan");
    world.site.push("Not that one");
    refuses("which is fjord's own, of switch lan");
    assertThat(world.answers("192.0.2.5")).as("linda runs on meanwhile").isTrue();

    // Theirs: another machine on it, an address of the host's, a size.
    inside("ip", "link", "add", "name", "br0", "mtu", "1400", "type", "bridge");
    inside("ip", "link", "add", "name", "p0", "mtu", "1400", "type", "veth", "peer", "name", "w0");
    inside("ip", "link", "set", "dev", "w0", "netns", OTHERS);
    // Lower than ours: the bridge takes the lowest, and would take another one's as those come.
    inside("ip", "link", "set", "dev", "p0", "address", "fa:ff:ff:ff:ff:01");
    inside("ip", "link", "set", "dev", "p0", "master", "br0", "up");
    inside("ip", "link", "set", "dev", "br0", "up", "alias", "theirs");
    inside("ip", "address", "add", "192.0.2.30/27", "dev", "br0");
    others("ip", "link", "set", "dev", "w0", "up", "mtu", "1400");
    others("ip", "address", "add", "192.0.2.1/27", "dev", "w0");
    others("ip", "address", "add", "192.0.2.21/27", "dev", "w0");
    var theirs = theirs();

    lan("existing\n  bridge: br0");
    world.site.push("That one");
    // Its own is free once nobody is a port of it.
    assertThat(world.apply().text()).contains("leaves its own, fj-lan");
    world.settles();
    assertThat(theirs()).isEqualTo(theirs);
    assertThat(inside("ip", "link", "show", "master", "br0"))
        .contains("tap-linda", "tap-bob", "p0");
    assertThat(exists("fj-lan")).as("its own is needed no more").isFalse();
    var bob = world.address("bob");
    assertThat(world.guest("linda", "cat /sys/class/net/vec0/mtu")).isEqualTo("1400");
    assertThat(world.guest("linda", "ip route show default")).contains("via 192.0.2.1 ");
    assertThat(pings("192.0.2.5", "192.0.2.1")).as("theirs to linda").isTrue();
    assertThat(pings(bob, "192.0.2.21")).as("by another address: nobody filters theirs").isTrue();
    assertThat(guestPings("192.0.2.1")).isTrue();
    assertThat(guestPings(bob)).isTrue();
    assertThat(world.settles().changes()).isEmpty();
    assertThat(world.status().path("switches").toString()).contains("br0");

    // Ours are held to what they have.
    assertThat(world.instance("linda").path("spoofAttempts").asLong(-1)).isZero();
    world.guest("linda", "ip addr add 192.0.2.20/27 dev vec0");
    assertThat(guestPings("-I 192.0.2.20 192.0.2.1")).isFalse();
    world.settles();
    assertThat(world.instance("linda").path("spoofAttempts").asLong(-1)).isPositive();

    // Drift of ours is mended, theirs is theirs.
    inside("ip", "link", "set", "dev", "tap-linda", "nomaster");
    inside("ip", "link", "set", "dev", "br0", "mtu", "1300");
    inside("ip", "link", "set", "dev", "br0", "mtu", "1400");
    assertThat(world.plan().changes()).containsExactly("update port/linda");
    world.settles();
    assertThat(pings("192.0.2.5", "192.0.2.1")).isTrue();

    // Away with the switch: ports and rules go, the bridge stays.
    world.site.remove(LINDA, BOB).remove("switches/lan.yaml");
    world.site.push("Away", "Fjord-Allow-Deletes: 2");
    world.settles();
    assertThat(theirs()).isEqualTo(theirs);
    assertThat(inside("ip", "link", "show", "master", "br0")).doesNotContain("tap-");
    assertThat(inside("nft", "list", "ruleset")).doesNotContain("br0").doesNotContain("tap-");
    assertThat(inside("ip", "neighbour", "show", "dev", "br0", "nud", "permanent")).isBlank();
    assertThat(world.settles().changes()).isEmpty();
    inside("ip", "link", "delete", "br0");
  }

  private static void refuses(String why) {
    var run = world.apply();
    assertThat(run.exit()).as("%s", run).isEqualTo(4);
    assertThat(run.text()).contains(why);
  }

  private static void lan(String uplink) throws Exception {
    world.site.write(
        "switches/lan.yaml",
        Site.document("Switch", "lan", "  subnet: 192.0.2.0/27\n  uplink: " + uplink + "\n"));
  }

  /**
   * All that is said of the bridge, its addresses and its settings, but for what moves by itself.
   */
  private static String theirs() {
    var link = inside("ip", "-d", "link", "show", "dev", "br0").replaceAll("_timer +[0-9.]+", "");
    return link
        + inside("ip", "-4", "address", "show", "dev", "br0")
        + inside("ip", "link", "show", "dev", "p0")
        + inside("sh", "-c", "cd /proc/sys/net/ipv4/conf/br0 && grep -H . *")
        + inside("sh", "-c", "cd /proc/sys/net/ipv6/conf/br0 && grep -sH . * || true");
  }

  private static boolean exists(String link) {
    return world.inside("ip", "link", "show", "dev", link).run().exit() == 0;
  }

  private static boolean pings(String to, String from) {
    return Command.of(
                "ip", "netns", "exec", OTHERS, "ping", "-q", "-c", "1", "-w", "5", "-I", from, to)
            .run()
            .exit()
        == 0;
  }

  private static boolean guestPings(String words) {
    return world
        .guest("linda", "ping -c 2 -W 2 " + words + " >/dev/null; echo result $?")
        .endsWith("result 0");
  }

  private static String inside(String... words) {
    return world.inside(words).output();
  }

  private static void others(String... words) {
    Command.of(Stream.concat(Stream.of("ip", "netns", "exec", OTHERS), Stream.of(words)).toList())
        .output();
  }
}
