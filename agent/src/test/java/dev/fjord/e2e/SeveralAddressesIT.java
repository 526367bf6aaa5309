package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Machines with several addresses on an interface, one of which moves from one to the other. */
class SeveralAddressesIT {
  private static final String FLOATING = "192.0.2.9";
  private static final String SIX = "2001:db8::66";
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
  void all_of_them_answer_and_one_moves_on_without_a_restart_of_who_loses_it() throws Exception {
    network("  subnet6: 2001:db8::/64\n");
    world.site.write(LINDA.with("network", at("192.0.2.5", "192.0.2.6, " + FLOATING + ", " + SIX)));
    world.site.push("Four addresses");
    assertThat(world.plan().text()).contains("network.0.addresses");
    world.settles();

    for (var address : new String[] {"192.0.2.5", "192.0.2.6", FLOATING, SIX}) {
      assertThat(world.answers(address)).as(address).isTrue();
    }
    assertThat(whoAnswersAt(FLOATING, "linda")).isEqualTo("linda");
    assertThat(world.guest("linda", "ip route get 192.0.2.1")).contains("src 192.0.2.5");
    assertThat(pingsFrom("192.0.2.6")).isTrue();
    assertThat(pingsFrom(SIX)).isTrue();
    assertThat(neighbour("192.0.2.6")).contains("PERMANENT");
    world.settles();
    assertThat(spoofed("linda")).isZero();
    assertThat(world.instance("linda").path("addresses").toString())
        .contains("192.0.2.5", "192.0.2.6", FLOATING, SIX);
    assertThat(world.settles().changes()).isEmpty();

    // What is not hers is not sent, as before.
    world.guest("linda", "ip addr add 192.0.2.20/27 dev vec0");
    assertThat(pingsFrom("192.0.2.20")).isFalse();
    world.settles();
    assertThat(spoofed("linda")).isPositive();
    world.guest("linda", "ip addr del 192.0.2.20/27 dev vec0");

    // The floating one goes to bob: hers first, and her machine runs on.
    var linda = world.pid("linda");
    var hers = neighbour(FLOATING);
    world.site.write(LINDA.with("network", at("192.0.2.5", "192.0.2.6, " + SIX)));
    world.site.write(BOB.with("network", "[{switch: lan, addresses: [" + FLOATING + "]}]"));
    world.site.push("To bob");
    var plan = world.plan();
    assertThat(plan.changes())
        .containsExactlyInAnyOrder(
            "update instance/linda", "update port/linda", "restart instance/bob");
    var run = world.apply();
    assertThat(run.text()).contains("it cannot use the address that it no longer has");
    assertThat(run.exit()).as("%s", run).isEqualTo(3);
    assertThat(whoAnswersAt(FLOATING, "bob")).isEqualTo("bob");
    assertThat(neighbour(FLOATING)).contains("PERMANENT").isNotEqualTo(hers);
    assertThat(world.pid("linda")).isEqualTo(linda);
    assertThat(world.answers("192.0.2.6")).isTrue();

    // Her kernel still has it, and cannot use it.
    var before = spoofed("linda");
    assertThat(pingsFrom(FLOATING)).isFalse();
    world.apply();
    assertThat(spoofed("linda")).isGreaterThan(before);
    assertThat(whoAnswersAt(FLOATING, "bob")).isEqualTo("bob");

    // Nobody has it any more: the host forgets it. Who starts anew has what its document says.
    world.site.write(BOB);
    world.site.push("Nobody's");
    world.apply();
    assertThat(neighbour(FLOATING)).doesNotContain("PERMANENT");
    assertThat(neighbour("192.0.2.6")).contains("PERMANENT");
    world.kill(linda);
    world.kill(world.pid("bob"));
    world.settles();
    assertThat(world.guest("linda", "ip addr show dev vec0"))
        .contains("192.0.2.6/27", SIX)
        .doesNotContain(FLOATING);
    assertThat(world.settles().changes()).isEmpty();
  }

  /** Behind uml_switch(1) one port is all there is, and Ethernet addresses tell who sends. */
  @Test
  void behind_a_daemon_they_are_held_to_the_same() throws Exception {
    world.site.write(
        "kernels/uml.yaml",
        Site.pinned("Kernel", "uml", Ready.KERNEL, "") + "  version: 6.1.176\n");
    network("  driver: uml_switch\n");
    world.site.write(LINDA.with("network", at("192.0.2.5", "192.0.2.6")));
    world.site.push("Two addresses on an old switch");
    world.settles();

    assertThat(world.answers("192.0.2.5")).isTrue();
    assertThat(world.answers("192.0.2.6")).isTrue();
    assertThat(pingsFrom("192.0.2.6")).isTrue();
    world.settles();
    assertThat(spoofed("linda")).isZero();
    world.guest("linda", "ip addr add 192.0.2.20/27 dev eth0");
    assertThat(pingsFrom("192.0.2.20")).isFalse();
    world.settles();
    assertThat(spoofed("linda")).isPositive();
  }

  private static void network(String more) throws IOException {
    world.site.write(
        "switches/lan.yaml",
        Site.document("Switch", "lan", "  subnet: 192.0.2.0/27\n  uplink: none\n" + more));
    world.site.write(
        "partners/linda.yaml", world.site.partner("linda").replace("addresses: 4", "addresses: 9"));
  }

  private static String at(String first, String others) {
    return "[{switch: lan, address: " + first + ", addresses: [" + others + "]}]";
  }

  private static String whoAnswersAt(String address, String name) {
    return world.guest(name, name, address, "hostname");
  }

  private static boolean pingsFrom(String source) {
    var to = source.contains(":") ? "2001:db8::1" : "192.0.2.1";
    var ping = source.contains(":") ? "ping6" : "ping";
    return world
        .guest("linda", ping + " -c 2 -W 2 -I " + source + " " + to + " >/dev/null; echo result $?")
        .endsWith("result 0");
  }

  private static String neighbour(String address) {
    return world.inside("ip", "neighbour", "show", address).output();
  }

  private static long spoofed(String name) {
    return world.instance(name).path("spoofAttempts").asLong(-1);
  }
}
