package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A machine that is the router of others: linda's is in an inner switch alone, {@code gate} is in
 * that and in the outer one, and the world is beyond the host.
 */
class RouterIT {
  private static final String BEYOND = "fjord-routed-" + ProcessHandle.current().pid();
  private static final String INNER = "198.18.0.0/27";
  private static final Machine GATE =
      new Machine("gate", "bob", Map.of())
          .with(
              "network",
              "[{switch: lan, address: 192.0.2.8, prefixes: [" + INNER + "]}, {switch: inner}]");

  private static World world;

  @BeforeAll
  static void a_host_with_a_world() throws Exception {
    world = World.ofLindaAndBob();
    Command.of("ip", "netns", "add", BEYOND).output();
    beyond("ip", "link", "add", "name", "w0", "type", "veth", "peer", "name", "up0");
    beyond("ip", "link", "set", "dev", "up0", "netns", world.folder.getFileName().toString());
    beyond("ip", "link", "set", "dev", "w0", "up");
    beyond("ip", "address", "add", "203.0.113.9/24", "dev", "w0");
    world.inside("ip", "address", "add", "203.0.113.1/24", "dev", "up0").output();
    world.inside("ip", "link", "set", "dev", "up0", "up").output();
    world.inside("ip", "route", "add", "default", "via", "203.0.113.9").output();
    beyond("ip", "route", "add", "192.0.2.0/27", "via", "203.0.113.1");
    beyond("ip", "route", "add", INNER, "via", "203.0.113.1");
  }

  @AfterAll
  static void end() {
    Command.of("ip", "netns", "delete", BEYOND).run();
    if (world != null) {
      world.close();
    }
  }

  @Test
  void who_is_behind_a_router_reaches_the_world_by_it_alone() throws Exception {
    world.site.write(
        "switches/lan.yaml",
        Site.document("Switch", "lan", "  subnet: 192.0.2.0/27\n  uplink: routed\n"));
    world.site.write(
        "switches/inner.yaml",
        Site.document(
            "Switch",
            "inner",
            "  subnet: " + INNER + "\n  uplink: instance\n  router: bob/gate\n  isolation: all\n"));
    world.site.write(
        "partners/bob.yaml",
        world
            .site
            .partner("bob")
            .replace("addresses: 4", "addresses: 4, prefixes: [" + INNER + "]"));
    world.site.write(
        GATE,
        LINDA.with("network", "[{switch: inner, address: 198.18.0.5}]"),
        LINDA.named("frank").with("network", "[{switch: inner}]"));
    world.site.push("A router");
    world.settles();
    assertThat(world.inside("ip", "-4", "-o", "address", "show", "dev", "fj-inner").output())
        .as("the host is not there")
        .isBlank();

    // Nothing passes until the guest says so: it is its router.
    var gate = "192.0.2.8";
    world.guest("gate", "bob", gate, "echo 1 >/proc/sys/net/ipv4/ip_forward");
    assertThat(linda("ip route show default")).contains("via 198.18.0.1 ");
    assertThat(linda("ping -c 3 -W 2 203.0.113.9 | tail -n 2")).contains("3 packets received");
    assertThat(asked("198.18.0.5")).as("from the world").isTrue();
    assertThat(linda("traceroute -n -m 5 -w 3 203.0.113.9 2>&1 || true"))
        .contains("198.18.0.1 ")
        .contains("203.0.113.9 ");
    assertThat(linda("ping -c 2 -W 1 " + world.address("frank") + " | tail -n 2"))
        .as("a neighbour from whom she is kept apart")
        .contains("0 packets received");
    world.settles();
    assertThat(spoofed("gate")).isZero();
    assertThat(world.settles().changes()).isEmpty();

    // Beyond what is behind it the router is held to its own: outside as somebody else, ...
    world.guest(
        "gate", "bob", gate, "ip addr add 198.18.7.7/32 dev lo; ip addr add 192.0.2.9/32 dev lo");
    assertThat(gatePings("-I 198.18.7.7 203.0.113.9")).isFalse();
    assertThat(gatePings("-I 192.0.2.9 203.0.113.9")).isFalse();
    world.settles();
    var outside = spoofed("gate");
    assertThat(outside).isPositive();
    // ... and inside as a neighbour.
    world.guest("gate", "bob", gate, "ip addr add 198.18.0.20/32 dev lo");
    assertThat(gatePings("-I 198.18.0.20 198.18.0.5")).isFalse();
    world.settles();
    assertThat(spoofed("gate")).isGreaterThan(outside);
    // Who is behind it is nobody else: the router's word is not a neighbour's.
    linda("ip addr add 203.0.113.77/32 dev lo");
    assertThat(linda("ping -c 2 -W 1 -I 203.0.113.77 198.18.0.1 | tail -n 2"))
        .contains("0 packets received");
    world.settles();
    assertThat(spoofed("linda")).isPositive();

    // Without its block it sends for nobody any more, at once.
    var pid = world.pid("gate");
    world.site.write(GATE.with("network", "[{switch: lan, address: 192.0.2.8}, {switch: inner}]"));
    world.site.push("No way out");
    world.settles();
    assertThat(world.pid("gate")).isEqualTo(pid);
    assertThat(asked("198.18.0.5")).isFalse();
    assertThat(world.inside("ip", "route", "show", INNER).output()).isBlank();
  }

  /** By the router, which the host has a route by. */
  private static String linda(String command) {
    return world.guest("linda", "linda", "198.18.0.5", command);
  }

  private static boolean gatePings(String words) {
    return world
        .guest(
            "gate", "bob", "192.0.2.8", "ping -c 2 -W 2 " + words + " >/dev/null; echo result $?")
        .endsWith("result 0");
  }

  private static boolean asked(String address) {
    return Command.of("ip", "netns", "exec", BEYOND, "ping", "-q", "-c", "1", "-w", "3", address)
            .run()
            .exit()
        == 0;
  }

  private static long spoofed(String name) {
    return world.instance(name).path("spoofAttempts").asLong(-1);
  }

  private static void beyond(String... words) {
    Command.of(Stream.concat(Stream.of("ip", "netns", "exec", BEYOND), Stream.of(words)).toList())
        .output();
  }
}
