package dev.fjord.host.linux.network;

import static dev.fjord.host.linux.network.Frame.ALL_NODES;
import static dev.fjord.host.linux.network.Frame.EVERYBODY;
import static dev.fjord.host.linux.network.Frame.arp;
import static dev.fjord.host.linux.network.Frame.bytes;
import static dev.fjord.host.linux.network.Frame.ethernet;
import static dev.fjord.host.linux.network.Frame.extension;
import static dev.fjord.host.linux.network.Frame.fragment;
import static dev.fjord.host.linux.network.Frame.icmp6;
import static dev.fjord.host.linux.network.Frame.ip4;
import static dev.fjord.host.linux.network.Frame.ip6;
import static dev.fjord.host.linux.network.Frame.join;
import static dev.fjord.host.linux.network.Frame.linkOption;
import static dev.fjord.host.linux.network.Frame.tagged;
import static dev.fjord.host.linux.network.Frame.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.Cidr;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Isolation;
import dev.fjord.model.Layout;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Naming;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.SpoofKind;
import dev.fjord.model.SpoofedFrames;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.Traffic;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Step;
import dev.fjord.planner.network.SwitchSettings;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real frames on real taps, in a network namespace that the test makes. Everything that must not
 * come through stands beside the same thing in order, which does.
 */
class FiltersIT {
  private static final InterfaceName BRIDGE = new InterfaceName("br-lan");
  private static final ResourceName LAN = Samples.name("lan");
  private static final String A = "02:00:00:00:00:02";
  private static final String B = "02:00:00:00:00:03";
  private static final String A4 = "192.0.2.2";
  private static final String B4 = "192.0.2.3";
  private static final String A6 = "2001:db8::2";
  private static final String B6 = "2001:db8::3";
  private static final String A_LOCAL = "fe80::ff:fe00:2";
  private static final String B_LOCAL = "fe80::ff:fe00:3";
  private static final String ALL6 = "ff02::1";
  private static final int IP4 = 0x0800;
  private static final int ARP = 0x0806;
  private static final int IP6 = 0x86dd;
  private static final int ICMP6 = 58;
  private static final int UDP = 17;

  private final String namespace = "fjord-if-" + ProcessHandle.current().pid();
  private final List<String> inside = List.of("ip", "netns", "exec", namespace);
  private final Links links = new Links(inside, null);
  @TempDir private Path folder;
  private FilterTables tables;
  private Layout layout;
  private Wire wire;

  @BeforeEach
  void make_a_namespace() throws Exception {
    assumeTrue(Samples.isRoot(), "only root can make a network namespace");
    for (var program : List.of("ip", "nft", "python3")) {
      assumeTrue(Samples.isInstalled(program), program + " is missing");
    }
    assumeTrue(Files.exists(Path.of("/dev/net/tun")), "/dev/net/tun is missing");
    var made = Command.of("ip", "netns", "add", namespace).run();
    assumeTrue(made.exit() == 0, "no network namespace can be made here: " + made.error());
    layout = new Layout(folder.resolve("s"), Files.createTempDirectory("fjord-f-"));
    tables = new FilterTables(layout, inside, InstantSource.system());
    links.setUpSwitch(
        new Step.SetUpSwitch(
            LAN,
            BRIDGE,
            Cidr.parse("192.0.2.1/24"),
            null,
            null,
            Switch.USUAL_MTU,
            SwitchSettings.closed(BRIDGE)));
    for (int i = 2; i < 5; i++) {
      links.connect(connect(i));
    }
    // What the bridge and the host's iptables drop would prove nothing about fjord's table.
    ip("link", "set", "dev", "br-lan", "type", "bridge", "mcast_snooping", "0");
    for (var call : List.of("iptables", "ip6tables", "arptables")) {
      var switchedOn = "/proc/sys/net/bridge/bridge-nf-call-" + call;
      if (Files.exists(Path.of(switchedOn))) {
        Command.of(Stream.concat(inside.stream(), Stream.of("tee", switchedOn)).toList())
            .input("0")
            .output();
      }
    }
  }

  @AfterEach
  void remove_the_namespace() throws Exception {
    if (wire != null) {
      wire.close();
    }
    if (Samples.isRoot()) {
      Command.of("ip", "netns", "delete", namespace).run();
    }
    if (layout != null) {
      Command.of("rm", "-r", "-f", layout.run().toString()).run();
    }
  }

  @Test
  void what_a_newer_version_has_set_stays_in_force() throws Exception {
    tables.set(filters(Isolation.NONE));
    var before = nft("list", "ruleset");
    var set = Files.readString(layout.filters());
    var newer = set.replaceFirst("\"version\" : 1", "\"version\" : 2");
    Files.writeString(layout.filters(), newer);
    var seen = tables.observe();
    assertThat(seen.inForce()).isNull();
    assertThat(Objects.requireNonNull(seen.fault()).hint())
        .startsWith("The filters in force stay as they are.");
    assertThatThrownBy(() -> tables.set(filters(Isolation.ALL)))
        .hasMessageContaining(layout.filters() + " was written by a newer version of fjord");
    assertThat(nft("list", "ruleset")).isEqualTo(before);
    assertThat(layout.filters()).hasContent(newer);

    Files.writeString(layout.filters(), set);
    assertThat(tables.observe().inForce()).isEqualTo(filters(Isolation.NONE));
  }

  // What a guest may send.

  @Test
  void what_is_in_order_comes_through_and_nothing_else() throws Exception {
    tables.set(filters(Isolation.NONE));
    open();
    learn();
    var expected = new LinkedHashMap<String, String>();
    var seen = new LinkedHashMap<String, String>();
    honest()
        .forEach((what, frame) -> {
          expected.put(what, "comes through");
          seen.put(what, wire.send("tap2", frame).isEmpty() ? "dropped" : "comes through");
        });
    assertThat(seen).isEqualTo(expected);
    assertThat(dropped("i2")).isZero();

    var hostile = hostile();
    seen.clear();
    expected.clear();
    hostile.forEach((what, frame) -> {
      expected.put(what, "dropped, counted 1");
      var before = dropped("i2");
      var out = wire.send("tap2", frame);
      seen.put(
          what,
          (out.isEmpty() ? "dropped" : "comes through at " + out)
              + ", counted "
              + (dropped("i2") - before));
    });
    assertThat(seen).isEqualTo(expected);
    assertThat(dropped("i2")).isEqualTo(hostile.size());
    assertThat(dropped("i3")).isZero();
    assertThat(wire.send("tap2", honest().get("IPv4"))).isEqualTo("tap3");
    assertThat(wire.send("tap3", ethernet(A, B, IP4, ip4(B4, A4, UDP, udp(1, 2)))))
        .as("the bridge did not learn A's address elsewhere")
        .isEqualTo("tap2");
  }

  /** Without a filter all of it comes through: so it is the filter that stops it. */
  @Test
  void without_filters_the_hostile_frames_are_as_good_as_any() throws Exception {
    open();
    learn();
    var seen = new ArrayList<String>();
    hostile()
        .forEach((what, frame) -> {
          if (wire.send("tap2", frame).isEmpty()) {
            seen.add(what);
          }
          learn();
        });
    // The bridge itself is who such a frame is for.
    assertThat(seen).containsOnly("from B's address, to the bridge");
  }

  private static Map<String, byte[]> honest() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("ARP request", ethernet(EVERYBODY, A, ARP, arp(1, A, A4, "00:00:00:00:00:00", B4)));
    all.put("ARP reply", ethernet(B, A, ARP, arp(2, A, A4, B, B4)));
    all.put("ARP announcement", ethernet(EVERYBODY, A, ARP, arp(1, A, A4, A, A4)));
    all.put(
        "ARP probe", ethernet(EVERYBODY, A, ARP, arp(1, A, "0.0.0.0", "00:00:00:00:00:00", A4)));
    all.put("IPv4", ethernet(B, A, IP4, ip4(A4, B4, UDP, udp(1000, 53))));
    all.put(
        "IPv4 to everybody", ethernet(EVERYBODY, A, IP4, ip4(A4, "192.0.2.255", UDP, udp(9, 9))));
    all.put("ping", ethernet(B, A, IP4, ip4(A4, B4, 1, bytes(8, 0, 0, 0, 0, 0, 0, 0))));
    all.put("IPv6", ethernet(B, A, IP6, ip6(A6, B6, UDP, udp(1000, 53))));
    all.put("IPv6, link-local", ethernet(B, A, IP6, ip6(A_LOCAL, B_LOCAL, UDP, udp(1, 2))));
    all.put("ping of IPv6", ethernet(B, A, IP6, ip6(A6, B6, ICMP6, icmp6(128))));
    all.put(
        "IPv6 with a hop-by-hop header",
        ethernet(B, A, IP6, ip6(A6, B6, 0, extension(UDP, udp(1000, 53)))));
    all.put(
        "IPv6, a first fragment",
        ethernet(B, A, IP6, ip6(A6, B6, 44, fragment(UDP, 0, true, udp(1000, 53)))));
    all.put(
        "IPv6, a later fragment",
        ethernet(B, A, IP6, ip6(A6, B6, 44, fragment(UDP, 2, false, new byte[16]))));
    all.put("neighbour solicitation", nd(A, A6, 135, B6, linkOption(1, A)));
    all.put("neighbour solicitation without option", nd(A, A6, 135, B6));
    all.put("is anybody there?", nd(A, "::", 135, A6));
    all.put(
        "is anybody there, link-local?", nd(A, "::", 135, A_LOCAL, bytes(14, 1, 1, 2, 3, 4, 5, 6)));
    all.put("neighbour advertisement", nd(A, A6, 136, A6, linkOption(2, A)));
    all.put("neighbour advertisement without option", nd(A, A_LOCAL, 136, A_LOCAL));
    all.put("router solicitation", multicast(A, ip6(A_LOCAL, "ff02::2", ICMP6, icmp6(133))));
    all.put(
        "multicast report of a newcomer",
        multicast(A, ip6("::", "ff02::16", 0, extension(ICMP6, icmp6(143)))));
    all.put(
        "multicast report",
        multicast(A, ip6(A_LOCAL, "ff02::16", 0, extension(ICMP6, icmp6(143)))));
    return all;
  }

  /** What any guest sends at times, and what leads nowhere here. */
  private static Map<String, byte[]> ordinary() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put(
        "DHCP discover",
        ethernet(EVERYBODY, A, IP4, ip4("0.0.0.0", "255.255.255.255", UDP, udp(68, 67))));
    all.put("DHCP renewal", ethernet(B, A, IP4, ip4(A4, B4, UDP, udp(68, 67))));
    all.put("DHCPv6 client", multicast(A, ip6(A_LOCAL, "ff02::1:2", UDP, udp(546, 547))));
    all.put(
        "IGMP report without an address",
        ethernet(
            "01:00:5e:00:00:16",
            A,
            IP4,
            ip4("0.0.0.0", "224.0.0.22", 2, bytes(0x22, 0, 0, 0, 0, 0, 0, 0))));
    all.put(
        "ARP probe for an address of RFC 3927",
        ethernet(EVERYBODY, A, ARP, arp(1, A, "0.0.0.0", "00:00:00:00:00:00", "169.254.7.9")));
    all.put(
        "router solicitation of a newcomer", multicast(A, ip6("::", "ff02::2", ICMP6, icmp6(133))));
    all.put("is anybody there, at an address of RFC 7217?", nd(A, "::", 135, "fe80::1234:5678"));
    return all;
  }

  @Test
  void what_was_tried_is_named_and_what_is_ordinary_is_not_counted() throws Exception {
    tables.set(filters(Isolation.NONE));
    open();
    learn();
    ordinary().forEach((what, frame) -> assertThat(wire.send("tap2", frame)).as(what).isEmpty());
    assertThat(spoofed("i2")).isEqualTo(SpoofedFrames.NONE);

    Map<String, SpoofKind> expected = new LinkedHashMap<>();
    expected.put("from B's Ethernet address", SpoofKind.ETHERNET);
    expected.put("from B's IPv4 address", SpoofKind.IPV4);
    expected.put("from a foreign IPv4 address", SpoofKind.IPV4);
    expected.put("ARP reply for the gateway", SpoofKind.ARP);
    expected.put("ARP probe for B", SpoofKind.ARP);
    expected.put("from B's link-local address", SpoofKind.IPV6);
    expected.put("from no IPv6 address", SpoofKind.IPV6);
    expected.put("neighbour advertisement for B", SpoofKind.NEIGHBOUR);
    expected.put("is anybody B?", SpoofKind.NEIGHBOUR);
    expected.put("DHCP server", SpoofKind.DHCP);
    expected.put("DHCPv6 server", SpoofKind.DHCP);
    expected.put("router advertisement", SpoofKind.ROUTER);
    expected.put("ICMP redirect", SpoofKind.ROUTER);
    expected.put("IGMP query", SpoofKind.QUERIER);
    expected.put("multicast query", SpoofKind.QUERIER);
    expected.put("tagged", SpoofKind.PROTOCOL);
    expected.put("LLDP, to the bridge", SpoofKind.PROTOCOL);
    expected.put("IPv4 with a short header", SpoofKind.HIDDEN);
    expected.put("a fragment behind a header", SpoofKind.HIDDEN);
    var hostile = hostile();
    expected.forEach((what, kind) -> {
      var before = counted("i2", kind);
      wire.send("tap2", hostile.get(what));
      assertThat(counted("i2", kind) - before).as(what).isEqualTo(1);
      assertThat(spoofed("i2").kinds().get(0).kind()).as("the latest").isEqualTo(kind);
    });
    assertThat(spoofed("i2").kinds().stream().mapToLong(SpoofedFrames.Tried::count).sum())
        .isEqualTo(expected.size())
        .isEqualTo(dropped("i2"));
    assertThat(tables.observe().inForce()).as("a count is no change").isNotNull();

    // They go on, with the counters, whatever happens to the table.
    var before = spoofed("i2");
    tables.set(filters(Isolation.ALL));
    assertThat(spoofed("i2")).isEqualTo(before);
    nft("flush", "ruleset");
    assertThat(spoofed("i2")).isEqualTo(before);
    tables.set(filters(Isolation.NONE));
    wire.send("tap2", hostile.get("DHCP server"));
    assertThat(counted("i2", SpoofKind.DHCP)).isEqualTo(3);
  }

  private static Map<String, byte[]> hostile() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    var udp = udp(1000, 53);
    var ping = ip4(A4, B4, UDP, udp);
    all.put("from B's Ethernet address", ethernet(EVERYBODY, B, IP4, ip4(A4, B4, UDP, udp)));
    all.put("from nobody's Ethernet address", ethernet(B, "02:00:00:00:00:99", IP4, ping));
    all.put(
        "from B's Ethernet and IPv4 address", ethernet(EVERYBODY, B, IP4, ip4(B4, A4, UDP, udp)));
    all.put("LLDP, to the bridge", ethernet("01:80:c2:00:00:0e", A, 0x88cc, new byte[40]));
    all.put("from B's address, to the bridge", ethernet("01:80:c2:00:00:02", B, IP4, ping));
    all.put("from B's address, as LLDP", ethernet("01:80:c2:00:00:0e", B, IP4, ping));
    all.put("BPDU", ethernet("01:80:c2:00:00:00", A, 39, bytes(0x42, 0x42, 3, 0, 0, 0, 0, 0)));

    all.put("ARP reply for B", ethernet(EVERYBODY, A, ARP, arp(2, A, B4, EVERYBODY, B4)));
    all.put("ARP reply for B, as B", ethernet(EVERYBODY, A, ARP, arp(2, B, B4, EVERYBODY, B4)));
    all.put("ARP reply for the gateway", ethernet(B, A, ARP, arp(2, A, "192.0.2.1", B, B4)));
    all.put("ARP reply, B's link for A", ethernet(EVERYBODY, A, ARP, arp(2, B, A4, EVERYBODY, A4)));
    all.put("ARP request as B", ethernet(EVERYBODY, A, ARP, arp(1, A, B4, EVERYBODY, A4)));
    all.put("ARP probe for B", ethernet(EVERYBODY, A, ARP, arp(1, A, "0.0.0.0", EVERYBODY, B4)));
    all.put("ARP reply of nobody", ethernet(EVERYBODY, A, ARP, arp(2, A, "0.0.0.0", A, A4)));
    all.put("RARP request inside", ethernet(EVERYBODY, A, ARP, arp(3, A, A4, A, A4)));
    all.put("RARP", ethernet(EVERYBODY, A, 0x8035, arp(3, A, A4, A, A4)));
    var odd = arp(2, A, A4, B, B4);
    odd[4] = 8;
    all.put("ARP with long addresses", ethernet(EVERYBODY, A, ARP, odd));
    var token = arp(2, A, A4, B, B4);
    token[1] = 6;
    all.put("ARP of IEEE 802", ethernet(EVERYBODY, A, ARP, token));
    all.put("a short ARP", ethernet(EVERYBODY, A, ARP, bytes(0, 1, 8, 0, 6, 4)));

    all.put("from B's IPv4 address", ethernet(B, A, IP4, ip4(B4, A4, UDP, udp)));
    all.put("from the gateway's", ethernet(B, A, IP4, ip4("192.0.2.1", B4, UDP, udp)));
    all.put("from a foreign IPv4 address", ethernet(B, A, IP4, ip4("198.51.100.7", B4, UDP, udp)));
    all.put(
        "DHCP server", ethernet(EVERYBODY, A, IP4, ip4(A4, "255.255.255.255", UDP, udp(67, 68))));
    all.put("DHCP server, other port", ethernet(B, A, IP4, ip4(A4, B4, UDP, udp(1067, 68))));
    all.put("ICMP redirect", ethernet(B, A, IP4, ip4(A4, B4, 1, bytes(5, 1, 0, 0, 0, 0, 0, 0))));
    all.put(
        "ICMP router",
        ethernet(EVERYBODY, A, IP4, ip4(A4, "224.0.0.1", 1, bytes(9, 0, 0, 0, 0, 0, 0, 0))));
    all.put(
        "IGMP query",
        ethernet(
            "01:00:5e:00:00:01",
            A,
            IP4,
            ip4(A4, "224.0.0.1", 2, bytes(0x11, 9, 0, 0, 0, 0, 0, 0))));
    var broken = ip4(A4, B4, UDP, udp);
    broken[0] = 0x41;
    all.put("IPv4 with a short header", ethernet(B, A, IP4, broken));

    all.put("from a foreign IPv6 address", ethernet(B, A, IP6, ip6("2001:db8::77", B6, UDP, udp)));
    all.put("from B's IPv6 address", ethernet(B, A, IP6, ip6(B6, A6, UDP, udp)));
    all.put("from B's link-local address", ethernet(B, A, IP6, ip6(B_LOCAL, A_LOCAL, UDP, udp)));
    all.put("from no IPv6 address", ethernet(B, A, IP6, ip6("::", B6, UDP, udp)));
    all.put("DHCPv6 server", ethernet(B, A, IP6, ip6(A_LOCAL, B_LOCAL, UDP, udp(547, 546))));
    all.put(
        "DHCPv6 server behind a header",
        ethernet(B, A, IP6, ip6(A_LOCAL, B_LOCAL, 60, extension(UDP, udp(547, 546)))));
    all.put("neighbour advertisement for B", nd(A, A6, 136, B6, linkOption(2, A)));
    all.put("neighbour advertisement for B, as B", nd(A, B6, 136, B6, linkOption(2, B)));
    all.put(
        "neighbour advertisement for B's link-local",
        nd(A, A_LOCAL, 136, B_LOCAL, linkOption(2, A)));
    all.put("neighbour advertisement with B's link", nd(A, A6, 136, A6, linkOption(2, B)));
    all.put(
        "neighbour advertisement with two links",
        nd(A, A6, 136, A6, linkOption(2, A), linkOption(2, B)));
    all.put(
        "neighbour advertisement with another option first",
        nd(A, A6, 136, A6, bytes(14, 1, 0, 0, 0, 0, 0, 0), linkOption(2, B)));
    all.put(
        "neighbour advertisement behind a header",
        multicast(
            A, ip6(A6, ALL6, 60, extension(ICMP6, icmp6(136, Frame.ip(B6), linkOption(2, A))))));
    all.put(
        "an own advertisement behind a header",
        multicast(
            A, ip6(A6, ALL6, 0, extension(ICMP6, icmp6(136, Frame.ip(A6), linkOption(2, B))))));
    all.put(
        "neighbour advertisement for B in a fragment",
        multicast(
            A,
            ip6(
                A6,
                ALL6,
                44,
                fragment(ICMP6, 0, false, icmp6(136, Frame.ip(B6), linkOption(2, A))))));
    all.put("neighbour solicitation with B's link", nd(A, A6, 135, B6, linkOption(1, B)));
    all.put("is anybody B?", nd(A, "::", 135, B6));
    all.put(
        "router advertisement", multicast(A, ip6(A_LOCAL, ALL6, ICMP6, icmp6(134, new byte[8]))));
    all.put(
        "router advertisement behind a header",
        multicast(A, ip6(A_LOCAL, ALL6, 0, extension(ICMP6, icmp6(134, new byte[8])))));
    all.put(
        "router advertisement in fragments",
        multicast(A, ip6(A_LOCAL, ALL6, 44, fragment(60, 0, true, extension(ICMP6, new byte[0])))));
    all.put(
        "DHCPv6 server, its header in the second fragment",
        ethernet(B, A, IP6, ip6(A_LOCAL, B_LOCAL, 44, fragment(UDP, 0, true, new byte[0]))));
    all.put(
        "a fragment behind a header",
        ethernet(B, A, IP6, ip6(A6, B6, 0, extension(44, fragment(UDP, 0, true, udp)))));
    all.put(
        "its second fragment",
        multicast(A, ip6(A_LOCAL, ALL6, 44, fragment(60, 1, false, icmp6(134, new byte[8])))));
    all.put(
        "redirect", ethernet(B, A, IP6, ip6(A_LOCAL, B_LOCAL, ICMP6, icmp6(137, new byte[32]))));
    all.put(
        "multicast query",
        multicast(A, ip6(A_LOCAL, ALL6, 0, extension(ICMP6, icmp6(130, new byte[16])))));
    all.put("router renumbering", multicast(A, ip6(A_LOCAL, ALL6, ICMP6, icmp6(138, new byte[8]))));

    all.put("tagged", tagged(ethernet(B, A, IP4, ping), 0x8100, 7));
    all.put("tagged for no network", tagged(ethernet(B, A, IP4, ping), 0x8100, 0));
    all.put("tagged with a priority", tagged(ethernet(B, A, IP4, ping), 0x8100, 0xe000));
    all.put("tagged by a provider", tagged(ethernet(B, A, IP4, ping), 0x88a8, 0));
    all.put("tagged twice", tagged(tagged(ethernet(B, A, IP4, ping), 0x8100, 0), 0x8100, 0));
    all.put(
        "tagged ARP reply for B",
        tagged(ethernet(EVERYBODY, A, ARP, arp(2, A, B4, EVERYBODY, B4)), 0x8100, 0));
    all.put("PPPoE", ethernet(B, A, 0x8863, new byte[40]));
    all.put("MPLS", ethernet(B, A, 0x8847, join(bytes(0, 1, 1, 64), ping)));
    all.put("LLC", ethernet(B, A, 40, join(bytes(0xaa, 0xaa, 3, 0, 0, 0, 8, 0), ping)));
    all.put("EAPOL", ethernet(B, A, 0x888e, new byte[40]));
    all.put("a type of nobody's", ethernet(B, A, 0x88b5, new byte[40]));
    return all;
  }

  private static byte[] multicast(String from, byte[] packet) {
    return ethernet(ALL_NODES, from, IP6, packet);
  }

  private static byte[] nd(String mac, String from, int type, String target, byte[]... options) {
    return multicast(mac, ip6(from, ALL6, ICMP6, icmp6(type, Frame.ip(target), join(options))));
  }

  /** The bridge knows who is where. */
  private void learn() {
    wire.send("tap2", ethernet(B, A, IP4, ip4(A4, B4, UDP, udp(1, 2))));
    wire.send("tap3", ethernet(A, B, IP4, ip4(B4, A4, UDP, udp(1, 2))));
  }

  private void open() throws Exception {
    wire = new Wire(inside, "br-lan", List.of("tap2", "tap3", "tap4"));
  }

  private long dropped(String instance) {
    return spoofed(instance).count();
  }

  private SpoofedFrames spoofed(String instance) {
    return tables.observe().dropped().getOrDefault(Samples.name(instance), SpoofedFrames.NONE);
  }

  private long counted(String instance, SpoofKind kind) {
    return spoofed(instance).kinds().stream()
        .filter(tried -> tried.kind() == kind)
        .mapToLong(SpoofedFrames.Tried::count)
        .sum();
  }

  // How it is kept up.

  @Test
  void what_was_set_is_in_force_until_somebody_changes_it() {
    assertThat(tables.observe().inForce()).isNull();
    assertThat(tables.observe().fault()).isNull();
    var filters = filters(Isolation.PARTNERS);
    tables.set(filters);
    assertThat(tables.observe().inForce()).isEqualTo(filters);
    assertThat(new FilterTables(layout, inside, InstantSource.system()).observe().inForce())
        .isEqualTo(filters);

    for (var tampering :
        List.of(
            List.of("flush", "table", "bridge", "fjord"),
            List.of("flush", "chain", "bridge", "fjord", "guest"),
            List.of("delete", "table", "bridge", "fjord"),
            List.of("flush", "ruleset"),
            List.of("insert", "rule", "bridge", "fjord", "entry", "accept"),
            List.of("add", "rule", "bridge", "fjord", "pass", "drop"),
            List.of("add", "element", "bridge", "fjord", "macs", "{ \"tap2\" . " + B + " }"),
            List.of("delete", "element", "bridge", "fjord", "macs", "{ \"tap2\" . " + A + " }"),
            List.of("add", "chain", "bridge", "fjord", "mine"))) {
      nft(tampering.toArray(String[]::new));
      assertThat(tables.observe().inForce()).as("%s", tampering).isNull();
      tables.set(filters);
      assertThat(tables.observe().inForce()).as("%s", tampering).isEqualTo(filters);
    }
    nft("add", "table", "bridge", "other");
    assertThat(tables.observe().inForce()).isEqualTo(filters);
  }

  @Test
  void one_rule_that_was_changed_is_noticed() {
    var filters = filters(Isolation.NONE);
    tables.set(filters);
    var handle =
        nft("-a", "list", "chain", "bridge", "fjord", "guest")
            .lines()
            .filter(line -> line.contains("@macs"))
            .findFirst()
            .orElseThrow()
            .replaceAll(".*# handle ", "");
    nft("replace", "rule", "bridge", "fjord", "guest", "handle", handle, "accept");
    assertThat(tables.observe().inForce()).isNull();
    tables.set(filters);
    assertThat(tables.observe().inForce()).isEqualTo(filters);
  }

  @Test
  void counters_go_on_whatever_happens_to_the_table() throws Exception {
    tables.set(filters(Isolation.NONE));
    open();
    var hostile = ethernet(EVERYBODY, B, IP4, ip4(A4, B4, UDP, udp(1, 2)));
    wire.send("tap2", hostile);
    assertThat(dropped("i2")).isEqualTo(1);
    tables.set(filters(Isolation.ALL));
    assertThat(dropped("i2")).isEqualTo(1);
    assertThat(tables.observe().inForce()).as("a count is no change").isNotNull();
    wire.send("tap2", hostile);
    assertThat(dropped("i2")).isEqualTo(2);
    nft("flush", "ruleset");
    assertThat(dropped("i2")).isEqualTo(2);
    tables.set(filters(Isolation.NONE));
    wire.send("tap2", hostile);
    assertThat(dropped("i2")).isEqualTo(3);
    assertThat(nft("list", "set", "bridge", "fjord", "spoofed"))
        .contains("\"tap2\" counter packets 3 bytes");
  }

  @Test
  void a_lost_file_costs_one_replacement() throws Exception {
    var filters = filters(Isolation.NONE);
    tables.set(filters);
    for (var content : List.of("", "{}", "torn {", "{\"filters\": null}")) {
      Files.writeString(layout.filters(), content);
      assertThat(tables.observe().inForce()).as(content).isNull();
      tables.set(filters);
      assertThat(tables.observe().inForce()).isEqualTo(filters);
    }
    Files.delete(layout.filters());
    assertThat(tables.observe().inForce()).as("as after a kill before it was written").isNull();
    tables.set(filters);
    assertThat(tables.observe().inForce()).isEqualTo(filters);
  }

  @Test
  void what_an_older_version_made_of_it_is_not_in_force() throws Exception {
    tables.set(filters(Isolation.NONE));
    var file = Files.readString(layout.filters());
    var script = file.replaceFirst("\"script\" : \"[0-9a-f]{8}", "\"script\" : \"00000000");
    assertThat(script).isNotEqualTo(file);
    Files.writeString(layout.filters(), script);
    assertThat(tables.observe().inForce()).isNull();
  }

  @Test
  void somebody_elses_table_is_told_and_not_touched() {
    for (var family : List.of("bridge", "inet")) {
      nft("add", "table", family, "fjord");
      nft("add", "chain", family, "fjord", "theirs");
      var before = nft("list", "ruleset");
      var seen = tables.observe();
      assertThat(seen.inForce()).isNull();
      assertThat(seen.fault().summary())
          .isEqualTo("nftables has a table " + family + " fjord that fjord did not make");
      assertThat(seen.fault().hint())
          .isEqualTo(
              "It was not touched. Rename it, or remove it: nft delete table " + family + " fjord");
      var refused =
          catchThrowableOfType(ProblemException.class, () -> tables.set(filters(Isolation.NONE)));
      assertThat(refused.problem().code()).isEqualTo("foreign-table");
      assertThat(nft("list", "ruleset")).isEqualTo(before);
      nft("delete", "table", family, "fjord");
    }
  }

  @Test
  void without_nft_it_is_told() {
    var none = Stream.concat(inside.stream(), Stream.of("env", "PATH=/nowhere")).toList();
    var seen = new FilterTables(layout, none, InstantSource.system()).observe();
    assertThat(seen.inForce()).isNull();
    assertThat(seen.fault().code()).isEqualTo("filters-unavailable");
    assertThat(seen.fault().detail()).contains("nft");
    assertThat(seen.fault().hint()).contains("package nftables");
  }

  @Test
  void nothing_connected_leaves_no_table() {
    tables.set(filters(Isolation.NONE));
    tables.set(new Filters(new UidRange(20_000, 100), List.of(), List.of()));
    assertThat(nft("list", "ruleset")).isEmpty();
  }

  // Neighbours.

  @Test
  void a_tap_that_is_no_instances_any_more_sends_nothing() throws Exception {
    tables.set(filters(Isolation.NONE));
    open();
    learn();
    assertThat(wire.send("tap2", honest().get("IPv4"))).isEqualTo("tap3");
    tables.set(new Filters(new UidRange(20_000, 100), List.of(lan(Isolation.NONE)), ports(3, 5)));
    assertThat(wire.send("tap2", honest().get("IPv4"))).isEmpty();
    assertThat(wire.send("tap2", honest().get("ARP request"))).isEmpty();
  }

  @Test
  void what_is_not_fjords_on_the_bridge_is_free() throws Exception {
    ip("tuntap", "add", "dev", "guest", "mode", "tap", "vnet_hdr");
    ip("link", "set", "dev", "guest", "master", "br-lan", "up");
    tables.set(filters(Isolation.ALL));
    wire = new Wire(inside, "br-lan", List.of("tap2", "tap3", "guest"));
    assertThat(wire.send("guest", ethernet(EVERYBODY, B, 0x88b5, new byte[30])))
        .isEqualTo("br-lan tap2 tap3");
    assertThat(wire.send("tap2", honest().get("ARP request"))).isEqualTo("br-lan guest");
  }

  @Test
  void neighbours_talk_where_they_may() throws Exception {
    open();
    var asks = honest().get("ARP request");
    tables.set(filters(Isolation.NONE));
    assertThat(wire.send("tap2", asks)).isEqualTo("br-lan tap3 tap4");
    // 2 and 4 are linda's, 3 is bob's.
    learn();
    tables.set(filters(Isolation.PARTNERS));
    assertThat(wire.send("tap2", asks)).isEqualTo("br-lan tap4");
    assertThat(wire.send("tap2", honest().get("IPv4"))).isEmpty();
    tables.set(filters(Isolation.ALL));
    assertThat(wire.send("tap2", asks)).isEqualTo("br-lan");
    tables.set(filters(Isolation.NONE));
    assertThat(wire.send("tap2", asks)).isEqualTo("br-lan tap3 tap4");
  }

  @Test
  void the_sites_own_machines_are_one_owners() throws Exception {
    open();
    var ports =
        IntStream.range(2, 5).mapToObj(i -> port(i, i == 4 ? Owner.partner(LAN) : Owner.SITE));
    tables.set(
        new Filters(new UidRange(20_000, 100), List.of(lan(Isolation.PARTNERS)), ports.toList()));
    assertThat(wire.send("tap2", honest().get("ARP request"))).isEqualTo("br-lan tap3");
  }

  @Test
  void a_switch_without_filter_is_free() throws Exception {
    var open = lan(SwitchDriver.BRIDGE, Isolation.NONE, false);
    tables.set(new Filters(new UidRange(20_000, 100), List.of(open), ports(2, 5)));
    open();
    learn();
    assertThat(wire.send("tap2", hostile().get("tagged"))).isEqualTo("tap3");
    assertThat(wire.send("tap2", hostile().get("from B's Ethernet address"))).isNotEmpty();
  }

  @Test
  void behind_a_daemon_each_is_held_to_its_own() throws Exception {
    var lan = lan(SwitchDriver.UML_SWITCH, Isolation.NONE, true);
    var tap = lan.daemonTap().value();
    ip("tuntap", "add", "dev", tap, "mode", "tap", "vnet_hdr");
    ip("link", "set", "dev", tap, "master", "br-lan", "up");
    var behind =
        ports(2, 4).stream()
            .map(p ->
                ModelFixtures.filteredPort(
                    p.instance(), p.owner(), p.lease(), null, List.of(), true))
            .toList();
    tables.set(new Filters(new UidRange(20_000, 100), List.of(lan), behind));
    wire = new Wire(inside, "br-lan", List.of(tap));
    for (var honest : honest().entrySet()) {
      if (Frame.EVERYBODY.equals(destination(honest.getValue()))) {
        assertThat(wire.send(tap, honest.getValue())).as(honest.getKey()).isEqualTo("br-lan");
      }
    }
    var all = hostile();
    all.remove("from B's Ethernet and IPv4 address"); // Who is it, if not B?
    all.forEach((what, frame) -> assertThat(wire.send(tap, frame)).as(what).isEmpty());
    // From whoever it says that it is; who has an address that nobody has cannot be told.
    assertThat(dropped("i2")).isBetween(all.size() - 6L, all.size() - 1L);
    assertThat(dropped("i3")).isBetween(1L, 5L);
    assertThat(counted("i2", SpoofKind.DHCP)).isPositive();
    assertThat(tables.observe().inForce()).isNotNull();
  }

  private static String destination(byte[] frame) {
    return java.util.HexFormat.ofDelimiter(":").formatHex(frame, 0, 6);
  }

  @Test
  void who_floods_does_not_drown_the_others() throws Exception {
    tables.set(filters(Isolation.NONE));
    open();
    learn();
    var flood = wire.flood("tap2", honest().get("ARP request"), 5_000);
    assertThat(flood).matches("br-lan=([0-9]{3}) tap3=\\1 tap4=\\1");
    assertThat(wire.send("tap3", ethernet(EVERYBODY, B, ARP, arp(1, B, B4, A, A4))))
        .as("another one's are let through")
        .isEqualTo("br-lan tap2 tap4");
    assertThat(wire.send("tap2", honest().get("IPv4"))).as("to one of them").isEqualTo("tap3");
    assertThat(dropped("i2")).as("nothing of it was somebody else's").isZero();
    assertThat(tables.observe().inForce()).as("who was limited is no change").isNotNull();
    var spoofed = wire.flood("tap2", hostile().get("from B's IPv4 address"), 5_000);
    assertThat(spoofed).isEmpty();
    assertThat(dropped("i2")).isEqualTo(5_000);
  }

  private Filters filters(Isolation isolation) {
    return new Filters(new UidRange(20_000, 100), List.of(lan(isolation)), ports(2, 5));
  }

  private static List<FilteredPort> ports(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> port(i, Owner.partner(Samples.name(i % 2 == 0 ? "linda" : "bob"))))
        .toList();
  }

  private static FilteredPort port(int i, Owner owner) {
    return ModelFixtures.filteredPort(Samples.name("i" + i), owner, lease(i), null, List.of());
  }

  private static Switch lan(Isolation isolation) {
    return lan(SwitchDriver.BRIDGE, isolation, true);
  }

  private static Switch lan(SwitchDriver driver, Isolation isolation, boolean filtered) {
    return ModelFixtures.switchOf(
        LAN,
        driver,
        BRIDGE,
        Cidr.parse("192.0.2.0/24"),
        Ipv4Address.parse("192.0.2.1"),
        null,
        List.of(),
        List.of(),
        new Traffic(Uplink.NONE, isolation, false, filtered, null),
        Naming.none(LAN));
  }

  private static Lease lease(int i) {
    return ModelFixtures.lease(
        LAN,
        Ipv4Address.parse("192.0.2." + i),
        Ipv6Address.parse("2001:db8::" + Integer.toHexString(i)),
        new MacAddress("02:00:00:00:00:%02x".formatted(i)),
        new InterfaceName("tap" + i));
  }

  private static Step.ConnectPorts connect(int i) {
    return new Step.ConnectPorts(
        Samples.name("i" + i),
        20_000 + i,
        List.of(new Step.Port(lease(i).tap(), BRIDGE, lease(i))));
  }

  private String nft(String... words) {
    return run("nft", words);
  }

  private void ip(String... words) {
    run("ip", words);
  }

  private String run(String program, String... words) {
    var all = Stream.of(inside, List.of(program), List.of(words)).flatMap(List::stream).toList();
    return Command.of(all).output().strip();
  }
}
