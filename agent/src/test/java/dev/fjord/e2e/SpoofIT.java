package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.host.linux.network.Frame.EVERYBODY;
import static dev.fjord.host.linux.network.Frame.arp;
import static dev.fjord.host.linux.network.Frame.ethernet;
import static dev.fjord.host.linux.network.Frame.icmp6;
import static dev.fjord.host.linux.network.Frame.ip4;
import static dev.fjord.host.linux.network.Frame.ip6;
import static dev.fjord.host.linux.network.Frame.linkOption;
import static dev.fjord.host.linux.network.Frame.tagged;
import static dev.fjord.host.linux.network.Frame.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.network.Frame;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Root in linda's machine is not who she says she is. frank is bob's second machine. */
class SpoofIT {
  /** Sends frames as they are: a line of hexadecimal digits each, and how often. */
  private static final String SHOUT =
      """
      #include <arpa/inet.h>
      #include <linux/if_packet.h>
      #include <net/if.h>
      #include <stdio.h>
      #include <string.h>
      #include <sys/socket.h>
      int main(int argc, char **argv) {
        int s = socket(AF_PACKET, SOCK_RAW, htons(3)), times;
        struct sockaddr_ll to = {.sll_family = AF_PACKET};
        static char line[8000];
        static unsigned char frame[4000];
        to.sll_ifindex = if_nametoindex(argv[1]);
        while (scanf("%7999s %d", line, &times) == 2) {
          size_t n = strlen(line) / 2, i;
          for (i = 0; i < n; i++) sscanf(line + 2 * i, "%2hhx", frame + i);
          memset(frame + n, 0, 46);
          while (times-- > 0)
            if (sendto(s, frame, n + 46, 0, (struct sockaddr *)&to, sizeof to) < 0) perror("send");
        }
        return 0;
      }
      """;

  private static final Machine FRANK = BOB.named("frank");
  private static final int IP4 = 0x0800;
  private static final int ARP = 0x0806;
  private static final int IP6 = 0x86dd;
  private static final String TO_THE_BRIDGE = "to the bridge, from bob";
  private static World world;

  private String linda;
  private String bob;
  private String frank;

  @BeforeAll
  static void three_machines_run() throws Exception {
    world = World.empty();
    world.site.reset();
    world.site.write(FRANK).push("frank");
    world.settles();
    assertThat(spoofed("linda")).as("an honest boot").isZero();
    var source = world.folder.resolve("shout.c");
    var program = world.folder.resolve("shout");
    Files.writeString(source, SHOUT);
    Command.of("gcc", "-static", "-Os", "-s", "-o", program.toString(), source.toString()).output();
    var text = Base64.getMimeEncoder().encodeToString(Files.readAllBytes(program));
    assertThat(world.guest("linda", "hostname")).isEqualTo("linda");
    world.send("linda", text, "base64 -d > /tmp/shout && chmod +x /tmp/shout");
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void who_is_who() {
    linda = world.address("linda");
    bob = world.address("bob");
    frank = world.address("frank");
  }

  @Test
  void nothing_of_what_she_pretends_arrives_and_it_is_counted() throws Exception {
    var before = spoofed("linda");
    var frames = hostile(mac("linda"), mac("bob"));
    var bobHeard = heard("bob");
    var frankHeard = heard("frank");
    for (var frame : frames.entrySet()) {
      shout(frame.getValue(), 20);
    }
    assertThat(heard("bob") - bobHeard).as("frames at bob's").isLessThan(20);
    assertThat(heard("frank") - frankHeard).as("frames at frank's").isLessThan(20);
    world.settles();
    // What is for a bridge alone ends at the one in the namespace of her kernel.
    assertThat(frames.remove(TO_THE_BRIDGE)).isNotNull();
    assertThat(spoofed("linda") - before).isEqualTo(20L * frames.size());
    assertThat(spoofed("bob")).isZero();
    assertThat(world.fjord("status").text())
        .containsPattern("linda .*" + spoofed("linda") + " spoofed frames");

    // What it was is told, and what any guest sends at times is none of it.
    assertThat(world.instance("linda").path("spoofed").findValuesAsText("kind"))
        .contains("ethernet", "ipv4", "arp", "ipv6", "neighbour", "router", "dhcp", "protocol");
    assertThat(world.fjord("status").text())
        .contains("linda sent what was not its to send, and it was dropped:")
        .containsPattern("    [0-9]+ frames.*, the last [0-9a-z]+ ago\n")
        .containsPattern("    and [0-9]+ kinds more\n");
    var counted = spoofed("linda");
    shout(
        ethernet(EVERYBODY, mac("linda"), IP4, ip4("0.0.0.0", "255.255.255.255", 17, udp(68, 67))),
        20);
    world.settles();
    assertThat(spoofed("linda")).isEqualTo(counted);

    // The same way, what is in order arrives.
    var honest =
        ethernet(EVERYBODY, mac("linda"), ARP, arp(1, mac("linda"), linda, EVERYBODY, bob));
    bobHeard = heard("bob");
    shout(honest, 20);
    assertThat(heard("bob") - bobHeard).isBetween(20L, 40L);
    assertThatAllTalk();
  }

  private static Map<String, byte[]> hostile(String mine, String bobs) {
    var linda = world.address("linda");
    var bob = world.address("bob");
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put(
        "bob's addresses", ethernet(EVERYBODY, bobs, IP4, ip4(bob, "192.0.2.31", 17, udp(9, 9))));
    all.put(
        "bob's IPv4 address",
        ethernet(EVERYBODY, mine, IP4, ip4(bob, "192.0.2.31", 17, udp(9, 9))));
    all.put("ARP for bob", ethernet(EVERYBODY, mine, ARP, arp(2, mine, bob, EVERYBODY, bob)));
    all.put(
        "ARP for the host",
        ethernet(EVERYBODY, mine, ARP, arp(2, mine, "192.0.2.1", EVERYBODY, bob)));
    all.put(
        "a foreign IPv6 address",
        ethernet(EVERYBODY, mine, IP6, ip6("2001:db8::7", "ff02::1", 17, udp(9, 9))));
    var neighbour = Frame.join(Frame.ip("2001:db8::7"), linkOption(2, mine));
    all.put(
        "somebody's neighbour advertisement",
        ethernet(
            Frame.ALL_NODES, mine, IP6, ip6(local(mine), "ff02::1", 58, icmp6(136, neighbour))));
    all.put(
        "router advertisement",
        ethernet(
            Frame.ALL_NODES, mine, IP6, ip6(local(mine), "ff02::1", 58, icmp6(134, new byte[8]))));
    all.put(
        "DHCP offer",
        ethernet(EVERYBODY, mine, IP4, ip4(linda, "255.255.255.255", 17, udp(67, 68))));
    all.put(
        "tagged",
        tagged(ethernet(EVERYBODY, mine, ARP, arp(2, mine, bob, EVERYBODY, bob)), 0x8100, 0));
    all.put(
        TO_THE_BRIDGE, ethernet("01:80:c2:00:00:02", bobs, IP4, ip4(linda, bob, 17, udp(9, 9))));
    return all;
  }

  private static String local(String mac) {
    return dev.fjord.model.Ipv6Address.linkLocal(dev.fjord.model.MacAddress.parse(mac)).toString();
  }

  @Test
  void an_address_that_she_takes_does_not_work() throws Exception {
    var before = spoofed("linda");
    var tried =
        world.guest(
            "linda",
            "ip addr add "
                + bob
                + "/32 dev vec0; ping -c 2 -W 1 -I "
                + bob
                + " 192.0.2.1; echo $?;"
                + " ip addr del "
                + bob
                + "/32 dev vec0");
    assertThat(tried).contains("100% packet loss").endsWith("1");
    // Her Ethernet address can change only while nobody is logged in by it.
    world.guest(
        "linda",
        "(sleep 1; ip link set vec0 down; ip link set vec0 address "
            + mac("bob")
            + "; ip link set vec0 up; ping -c 3 -W 1 "
            + frank
            + " > /tmp/as-bob 2>&1; ip link set vec0 down; ip link set vec0 address "
            + mac("linda")
            + "; ip link set vec0 up) > /dev/null 2>&1 < /dev/null &");
    Thread.sleep(Duration.ofSeconds(2));
    assertThat(world.answers(bob)).isTrue();
    World.await("linda's return", () -> world.answers(linda));
    var end = "until grep loss /tmp/as-bob; do sleep 1; done";
    assertThat(world.guest("linda", end)).contains("100% packet loss");
    world.settles();
    assertThat(spoofed("linda")).isGreaterThan(before + 2);
    assertThatAllTalk();
  }

  @Test
  void what_comes_for_a_silent_guest_goes_to_nobody_else() {
    world.guest("bob", "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
    try {
      // As after 300 s in which the bridge has heard nothing of him.
      var bridge = world.bridge("lan");
      world.inside("ip", "link", "set", "dev", bridge, "type", "bridge", "fdb_flush").output();
      var bobHeard = heard("bob");
      var frankHeard = heard("frank");
      var pinged = world.inside("ping", "-q", "-c", "20", "-i", "0.05", "-W", "1", bob).run();
      assertThat(pinged.text()).contains("100% packet loss");
      assertThat(heard("bob") - bobHeard).as("frames at bob's").isGreaterThanOrEqualTo(20);
      assertThat(heard("frank") - frankHeard).as("frames at frank's").isLessThan(20);
    } finally {
      world.guest("bob", "echo 0 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
    }
    world.inside("bridge", "fdb", "del", mac("bob"), "dev", "tap-bob", "master").output();
    assertThat(world.settles().changes()).containsExactly("update port/bob");
    assertThat(world.inside("bridge", "fdb", "show", "dev", "tap-bob").output())
        .contains(mac("bob") + " sticky master " + world.bridge("lan") + " static");
  }

  @Test
  void her_floods_drown_nobody() throws Exception {
    var mine = mac("linda");
    shout(ethernet(EVERYBODY, mine, IP4, ip4(bob, "192.0.2.31", 17, udp(9, 9))), 20_000);
    var heard = heard("bob");
    var asks = ethernet(EVERYBODY, mine, ARP, arp(1, mine, linda, EVERYBODY, "192.0.2.30"));
    var line = HexFormat.of().formatHex(asks) + " 200000\n";
    var flood =
        Thread.ofVirtual()
            .start(() -> world.send("linda", line, "timeout 8 /tmp/shout vec0; true"));
    for (int i = 0; i < 5; i++) {
      assertThat(world.answers(bob)).as("bob answers in the flood").isTrue();
      assertThat(world.guest("bob", "bob", bob, "ping -c 1 -W 2 " + frank)).contains(" 0% packet");
    }
    flood.join();
    assertThat(heard("bob") - heard).isLessThan(5_000);
    assertThatAllTalk();
  }

  @Test
  void tables_that_somebody_broke_are_mended_and_nobody_notices() throws Exception {
    var pids = List.of(world.pid("linda"), world.pid("bob"), world.pid("frank"));
    shout(hostile(mac("linda"), mac("bob")).get("ARP for bob"), 3);
    world.settles();
    var counted = spoofed("linda");
    for (var tampering :
        List.of(
            "flush table bridge fjord",
            "delete table bridge fjord",
            "insert rule bridge fjord guest accept",
            "flush chain bridge fjord from_arp",
            "flush ruleset")) {
      world.inside("nft", tampering).output();
      var run = world.settles();
      assertThat(run.withFilters()).as(tampering).containsExactly("update filter/fjord");
      assertThat(run.text()).contains("corrective");
      assertThat(world.settles().withFilters()).as(tampering).isEmpty();
      assertThat(List.of(world.pid("linda"), world.pid("bob"), world.pid("frank"))).isEqualTo(pids);
      assertThat(spoofed("linda")).as(tampering).isEqualTo(counted);
    }
    assertThatAllTalk();
  }

  @Test
  void without_filters_nobody_starts_and_who_runs_stays() throws Exception {
    var pid = world.pid("linda");
    world.inside("nft", "delete table bridge fjord; add table bridge fjord").output();
    try {
      world.site.write(BOB.named("carol")).push("carol");
      var run = world.apply();
      assertThat(run.exit()).isEqualTo(4);
      assertThat(run.text())
          .contains("nftables has a table bridge fjord that fjord did not make")
          .contains("nft delete table bridge fjord");
      assertThat(world.pid("linda")).isEqualTo(pid);
      assertThat(world.instance("carol").path("power").asText()).isEqualTo("stopped");
    } finally {
      world.inside("nft", "delete table bridge fjord").output();
    }
    var hidden = world.applyWithout("/usr/sbin/nft");
    assertThat(hidden.exit()).as(hidden.toString()).isEqualTo(4);
    assertThat(hidden.text()).contains("what is filtered cannot be told", "nftables");
    assertThat(world.pid("linda")).isEqualTo(pid);
    assertThat(world.settles().withFilters())
        .contains("update filter/fjord", "start instance/carol");
    world.site.remove(BOB.named("carol")).push("carol leaves");
    world.settles();
  }

  @Test
  void without_bridge_nothing_is_changed_and_the_program_is_named() {
    var pid = world.pid("linda");
    var run = world.applyWithout("/usr/sbin/bridge");
    assertThat(run.exit()).as(run.toString()).isEqualTo(1);
    assertThat(run.text() + run.error()).contains("'bridge' could not be started", "fjord doctor");
    assertThat(world.pid("linda")).isEqualTo(pid);
    assertThat(world.settles().changes()).isEmpty();
  }

  @Test
  void neighbours_are_kept_apart_where_the_switch_says_so() throws Exception {
    var pid = world.pid("linda");
    isolate("partners");
    assertThat(talks("bob", frank)).isTrue();
    assertThat(talks("bob", linda)).isFalse();
    assertThat(talks("linda", "192.0.2.1")).isTrue();
    isolate("all");
    assertThat(talks("bob", frank)).isFalse();
    assertThat(talks("bob", "192.0.2.1")).isTrue();
    isolate("none");
    assertThatAllTalk();
    assertThat(world.pid("linda")).isEqualTo(pid);
  }

  private static void isolate(String isolation) throws IOException {
    world
        .site
        .write(
            "switches/lan.yaml",
            Site.document(
                "Switch",
                "lan",
                "  {subnet: 192.0.2.0/27, gateway: 192.0.2.1, uplink: none, isolation: "
                    + isolation
                    + "}\n"))
        .push("Isolation " + isolation);
    assertThat(world.settles().withFilters()).containsOnly("update filter/fjord");
  }

  private void assertThatAllTalk() throws IOException {
    for (var name : List.of("linda", "bob", "frank")) {
      assertThat(world.answers(world.address(name))).as(name).isTrue();
    }
    assertThat(talks("linda", bob)).isTrue();
    assertThat(talks("bob", frank)).isTrue();
    if (world.guest("linda", "test -e /proc/net/if_inet6 && echo yes || true").equals("yes")) {
      assertThat(world.guest("linda", "ping -6 -c 2 -W 2 " + local(mac("bob")) + "%vec0"))
          .contains(" 0% packet loss");
    }
  }

  private static boolean talks(String name, String to) {
    var key = name.equals("frank") ? "bob" : name;
    var said = world.guest(name, key, world.address(name), "ping -c 2 -W 1 " + to + " || true");
    return !said.contains("100% packet loss");
  }

  private static void shout(byte[] frame, int times) {
    world.send("linda", HexFormat.of().formatHex(frame) + " " + times + "\n", "/tmp/shout vec0");
  }

  /** Frames that came to a machine's port. */
  private static long heard(String name) {
    var file = "/sys/class/net/tap-" + name + "/statistics/tx_packets";
    return Long.parseLong(world.inside("cat", file).output().strip());
  }

  private static long spoofed(String name) {
    return world.instance(name).path("spoofAttempts").asLong(-1);
  }

  private static String mac(String name) {
    var record = world.state().resolve(Path.of("instances", name, "instance.json"));
    try {
      return new com.fasterxml.jackson.databind.ObjectMapper()
          .readTree(record.toFile())
          .path("leases")
          .path(0)
          .path("mac")
          .asText();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
