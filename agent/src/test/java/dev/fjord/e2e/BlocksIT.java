package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Blocks of addresses behind machines, and a world that knows the host as the way to them. */
class BlocksIT {
  private static final String BEYOND = "fjord-blocks-" + ProcessHandle.current().pid();
  private static final String BLOCK = "198.51.100.64/28";
  private static final String BLOCK6 = "2001:db8:64::/56";
  private static final String INSIDE = "198.51.100.65";
  private static final String INSIDE6 = "2001:db8:64:1::65";
  private static World world;

  @BeforeAll
  static void linda_and_bob_run_on_a_host_with_a_world() throws Exception {
    world = World.ofLindaAndBob();
    Command.of("ip", "netns", "add", BEYOND).output();
    beyond("ip", "link", "add", "name", "w0", "type", "veth", "peer", "name", "up0");
    beyond("ip", "link", "set", "dev", "up0", "netns", world.folder.getFileName().toString());
    beyond("ip", "link", "set", "dev", "w0", "up");
    beyond("ip", "address", "add", "203.0.113.9/24", "dev", "w0");
    beyond("ip", "address", "add", "2001:db8:c::9/64", "dev", "w0", "nodad");
    inside("ip", "address", "add", "203.0.113.1/24", "dev", "up0");
    inside("ip", "address", "add", "2001:db8:c::1/64", "dev", "up0", "nodad");
    inside("ip", "link", "set", "dev", "up0", "up");
    inside("ip", "route", "add", "default", "via", "203.0.113.9");
    inside("ip", "-6", "route", "add", "default", "via", "2001:db8:c::9");
    for (var to : List.of("192.0.2.0/27", "198.51.100.0/24")) {
      beyond("ip", "route", "add", to, "via", "203.0.113.1");
    }
    beyond("ip", "-6", "route", "add", "2001:db8::/48", "via", "2001:db8:c::1");
    beyond("ip", "-6", "route", "add", "2001:db8:64::/48", "via", "2001:db8:c::1");
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
    world.site.write(
        "switches/lan.yaml",
        Site.document(
            "Switch",
            "lan",
            "  subnet: 192.0.2.0/27\n  subnet6: 2001:db8::/64\n  uplink: routed\n"));
    for (var partner : List.of("linda", "bob")) {
      world.site.write("partners/" + partner + ".yaml", granted(partner, ""));
    }
    world.site.push("A way out");
    world.settles();
  }

  @Test
  void a_block_leads_to_its_machine_alone_and_moves_without_a_restart() throws Exception {
    grant("linda");
    world.site.write(LINDA.with("network", with("address: 192.0.2.5, ")));
    world.site.push("Two blocks behind linda");
    var linda = world.pid("linda");
    var bob = world.pid("bob");
    var plan = world.plan();
    assertThat(plan.changes())
        .containsExactlyInAnyOrder("update instance/linda", "update route/blocks");
    world.settles();
    assertThat(world.pid("linda")).as("no restart").isEqualTo(linda);
    assertThat(routes()).contains(BLOCK + " via 192.0.2.5 dev fj-lan proto 70");
    assertThat(routes()).contains(BLOCK6 + " via 2001:db8::5 dev fj-lan proto 70");
    assertThat(world.settles().changes()).isEmpty();

    has("linda");
    assertThat(reached(INSIDE)).as("from the world").isTrue();
    assertThat(reached(INSIDE6)).isTrue();
    assertThat(world.answers(INSIDE)).as("from the host").isTrue();
    assertThat(pings("linda", INSIDE, "203.0.113.9")).as("as one of the block").isTrue();
    assertThat(pings("linda", INSIDE6, "2001:db8:c::9")).isTrue();
    assertThat(pings("bob", null, INSIDE)).as("from a neighbour").isTrue();
    world.settles();
    assertThat(spoofed("linda")).isZero();

    // Beside the block, and from a neighbour: nothing, and it is counted.
    world.guest("linda", "ip addr add 198.51.100.81/32 dev lo");
    assertThat(pings("linda", "198.51.100.81", "203.0.113.9")).isFalse();
    has("bob");
    assertThat(pings("bob", INSIDE, "203.0.113.9")).isFalse();
    assertThat(pings("bob", INSIDE6, "2001:db8:c::9")).isFalse();
    world.settles();
    assertThat(spoofed("linda")).isPositive();
    assertThat(spoofed("bob")).isPositive();

    // Drift is mended; what leads nowhere meanwhile does not leave again.
    inside("ip", "route", "delete", BLOCK, "proto", "70");
    assertThat(reached(INSIDE)).isFalse();
    var drift = world.settles();
    assertThat(drift.changes()).containsExactly("update route/blocks");
    assertThat(drift.text()).contains("corrective");
    assertThat(reached(INSIDE)).isTrue();

    // It goes to bob, at once.
    revoke("linda");
    grant("bob");
    world.site.write(LINDA, BOB.with("network", with("")));
    world.site.push("Behind bob");
    assertThat(world.plan().changes())
        .containsExactlyInAnyOrder(
            "update instance/linda", "update instance/bob", "update route/blocks");
    world.settles();
    assertThat(List.of(world.pid("linda"), world.pid("bob"))).containsExactly(linda, bob);
    assertThat(routes()).contains(BLOCK + " via " + world.address("bob"));
    assertThat(reached(INSIDE)).isTrue();
    assertThat(pings("bob", INSIDE, "203.0.113.9")).isTrue();
    assertThat(pings("linda", INSIDE, "203.0.113.9")).isFalse();

    // And away.
    world.site.write(BOB);
    world.site.push("Nobody's");
    world.settles();
    assertThat(routes()).doesNotContain("proto 70");
    assertThat(reached(INSIDE)).isFalse();
    assertThat(world.settles().changes()).isEmpty();
  }

  @Test
  void nobody_has_what_is_not_granted_and_the_hosts_own_routes_stay() throws Exception {
    world.site.write(LINDA.with("network", with("address: 192.0.2.5, ")));
    world.site.push("Without being asked");
    var refused = world.apply();
    assertThat(refused.exit()).as("%s", refused).isNotZero();
    assertThat(refused.text())
        .contains("Instance linda asks for " + BLOCK + ", and partner linda has no blocks")
        .contains("\"file\" : \"partners/linda/linda.yaml\",\n      \"line\" : 6");
    assertThat(routes()).doesNotContain("proto 70");

    // What the host has a route to already is not taken from it.
    inside("ip", "route", "add", BLOCK, "via", "203.0.113.9");
    grant("linda");
    world.site.push("Granted");
    var run = world.apply();
    assertThat(run.exit()).as("%s", run).isEqualTo(5);
    assertThat(run.text()).contains("this host has a route to " + BLOCK + " of its own");
    assertThat(routes())
        .contains(BLOCK + " via 203.0.113.9 dev up0")
        .doesNotContain(BLOCK + " via 192.0.2.5")
        .contains(BLOCK6 + " via 2001:db8::5");
    inside("ip", "route", "delete", BLOCK, "via", "203.0.113.9");
    world.settles();
    assertThat(routes()).contains(BLOCK + " via 192.0.2.5");

    // An address of the host's own in it: refused, and away.
    inside("ip", "address", "add", "198.51.100.70/32", "dev", "up0");
    var inTheWay = world.apply();
    assertThat(inTheWay.exit()).as("%s", inTheWay).isEqualTo(4);
    assertThat(inTheWay.text()).contains(BLOCK + " holds 198.51.100.70 on up0 of this host itself");
    assertThat(routes()).doesNotContain(BLOCK + " via 192.0.2.5");
    inside("ip", "address", "delete", "198.51.100.70/32", "dev", "up0");
    world.settles();
  }

  /** Behind uml_switch(1) one port is all there is, and Ethernet addresses tell who sends. */
  @Test
  void behind_a_daemon_a_block_is_held_to_the_same() throws Exception {
    world.site.write(
        "kernels/uml.yaml",
        Site.pinned("Kernel", "uml", Ready.KERNEL, "") + "  version: 6.1.176\n");
    world.site.write(
        "switches/lan.yaml",
        Site.document(
            "Switch",
            "lan",
            """
              driver: uml_switch
              subnet: 192.0.2.0/27
              subnet6: 2001:db8::/64
              uplink: routed
            """));
    grant("linda");
    world.site.write(LINDA.with("network", with("address: 192.0.2.5, ")));
    world.site.push("An old switch");
    world.settles();
    has("linda");
    assertThat(reached(INSIDE)).isTrue();
    assertThat(reached(INSIDE6)).isTrue();
    assertThat(pings("linda", INSIDE, "203.0.113.9")).isTrue();
    world.settles();
    assertThat(spoofed("linda")).isZero();
    has("bob");
    assertThat(pings("bob", INSIDE, "203.0.113.9")).isFalse();
    world.settles();
    assertThat(spoofed("bob")).isPositive();
    assertThat(spoofed("linda")).isZero();
  }

  private static void grant(String partner) throws Exception {
    world.site.write(
        "partners/" + partner + ".yaml",
        granted(partner, ", prefixes: [198.51.100.64/26, \"" + BLOCK6 + "\"]"));
  }

  private static void revoke(String partner) throws Exception {
    world.site.write("partners/" + partner + ".yaml", granted(partner, ""));
  }

  private static String granted(String partner, String more) throws Exception {
    return world.site.partner(partner).replace("addresses: 4", "addresses: 4" + more);
  }

  private static String with(String address) {
    return "[{switch: lan, %sprefixes: [%s, \"%s\"]}]".formatted(address, BLOCK, BLOCK6);
  }

  /** The guest's own business. */
  private static void has(String name) {
    world.guest(
        name, "ip addr add " + INSIDE + "/32 dev lo; ip addr add " + INSIDE6 + "/128 dev lo");
  }

  private static boolean reached(String address) {
    return Command.of("ip", "netns", "exec", BEYOND, "ping", "-q", "-c", "1", "-w", "3", address)
            .run()
            .exit()
        == 0;
  }

  private static boolean pings(String who, String source, String to) {
    return world
        .guest(
            who,
            (to.contains(":") ? "ping6" : "ping")
                + " -c 2 -W 2 "
                + (source == null ? "" : "-I " + source + " ")
                + to
                + " >/dev/null; echo result $?")
        .endsWith("result 0");
  }

  private static String routes() {
    return inside("ip", "route", "show") + inside("ip", "-6", "route", "show");
  }

  private static long spoofed(String name) {
    return world.instance(name).path("spoofAttempts").asLong(-1);
  }

  private static String inside(String... words) {
    return world.inside(words).output();
  }

  private static void beyond(String... words) {
    Command.of(Stream.concat(Stream.of("ip", "netns", "exec", BEYOND), Stream.of(words)).toList())
        .output();
  }
}
