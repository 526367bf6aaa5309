package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.uml.Connector;
import dev.fjord.host.linux.uml.NetworkNamespace;
import dev.fjord.host.linux.uml.Polling;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Isolation;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Owner;
import dev.fjord.model.SpoofedFrames;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Step;
import dev.fjord.process.Command;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A guest leaves a checksum to be written later, over its own address as the sender, and chooses
 * two bytes of the frame so that what will be written is its neighbour's. Each attack is first made
 * where the inner end of its port has checksums of its own to write, and works.
 */
class PartialChecksumIT {
  private static final String MAC = "02:00:00:00:00:05";
  private static final int EVIL = 5;
  private static final int NEIGHBOUR = 7;

  /** What the sender is said by, and where its last two bytes are in a frame. */
  enum Protocol {
    ARP(0x0806, 20, 30),
    IPV4(0x0800, 20, 28),
    IPV6(0x86dd, 22, 36);

    private final int type;

    /**
     * From here on the sum is the same behind a router, which lowers a hop limit in front of it.
     */
    private final int start;

    private final int field;

    Protocol(int type, int start, int field) {
      this.type = type;
      this.start = start;
      this.field = field;
    }
  }

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();
  private @Nullable Lab lab;

  @AfterEach
  void end() {
    started.forEach(process -> process.destroyForcibly().onExit().join());
    if (lab != null) {
      lab.close();
    }
  }

  static Stream<Arguments> ways() {
    return Stream.of(Uplink.Mode.ROUTED, Uplink.Mode.NAT, Uplink.Mode.BRIDGED)
        .flatMap(mode -> Stream.of(Protocol.values()).map(one -> Arguments.of(mode, one)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void who_leaves_a_checksum_to_be_written_sends_as_nobody_else(Uplink.Mode mode, Protocol protocol)
      throws Exception {
    var host = new Host(mode, protocol);
    try (var evil = host.evil()) {
      host.innerChecksums("on");
      assertThat(host.honest(evil, "honest")).isEqualTo(host.sender(EVIL));
      var others = host.masked(evil, "masked");
      assertThat(others).as("with the defence off").isNotEmpty().isNotEqualTo(host.sender(EVIL));
      if (!host.translated()) {
        assertThat(others).isEqualTo(host.sender(NEIGHBOUR));
      }
      assertThat(host.spoofed()).as("what the filter has seen of it").isZero();
      host.innerChecksums("off");
      assertThat(host.honest(evil, "again")).isEqualTo(host.sender(EVIL));
      assertThat(host.masked(evil, "mended")).isEmpty();
      assertThat(host.spoofed()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void wherever_a_checksum_is_written_others_see_no_other_sender(
      Uplink.Mode mode, Protocol protocol) throws Exception {
    var host = new Host(mode, protocol);
    try (var evil = host.evil()) {
      var sent = new ArrayList<TapHolder.Sent>();
      for (int at = 6; at < protocol.field + 4; at += 2) {
        sent.add(new TapHolder.Sent(host.frame("anywhere"), at, 0));
      }
      assertThat(host.hears(evil, "anywhere", sent.toArray(TapHolder.Sent[]::new)))
          .isIn("", host.sender(EVIL));
    }
  }

  @Test
  void a_checksum_where_it_belongs_is_completed_and_arrives() throws Exception {
    var host = new Host(Uplink.Mode.ROUTED, Protocol.IPV4);
    try (var evil = host.evil()) {
      var proper = new TapHolder.Sent(host.frame("proper"), 34, 6);
      assertThat(host.hears(evil, "proper", proper)).isEqualTo(host.sender(EVIL));
    }
  }

  @Test
  void a_router_behind_a_bridged_uplink_keeps_its_table_of_addresses() throws Exception {
    var host = new Host(Uplink.Mode.BRIDGED, Protocol.ARP);
    try (var evil = host.evil()) {
      host.masked(evil, "masked");
      assertThat(host.believed()).isEmpty();
      host.innerChecksums("on");
      host.masked(evil, "poison");
      assertThat(host.believed()).as("with the defence off").contains(MAC);
    }
  }

  /** A host with one switch and a guest on it that means harm. */
  private final class Host {
    private final Uplink.Mode mode;
    private final Protocol protocol;
    private final Lab site;
    private final Switch network;
    private final Lease lease;
    private final Connector.Place where;

    Host(Uplink.Mode mode, Protocol protocol) throws Exception {
      assumeTrue(Samples.isInstalled("ethtool"), "ethtool is missing");
      this.mode = mode;
      this.protocol = protocol;
      site = new Lab(folder);
      lab = site;
      var device = mode == Uplink.Mode.BRIDGED ? new InterfaceName("up0") : null;
      var traffic = new Traffic(new Uplink(mode, device), Isolation.NONE, false, true, null);
      network = Lab.network(0, traffic, false);
      site.with(network);
      lease =
          ModelFixtures.lease(
              network.name(),
              Ipv4Address.parse(Lab.four(0, EVIL)),
              Ipv6Address.parse(Lab.six(0, EVIL)),
              new MacAddress(MAC),
              new InterfaceName("tap-evil"));
      site.guest("bob", network, 6, null);
      // As interfaces whose hardware writes no checksums: most of a rented machine, and a guest's
      // tap whose driver does not say that it will (TUN_F_CSUM).
      for (var port : List.of("up0", "tap-bob")) {
        site.wires.output("host", "ethtool", "-K", port, "tx-checksum-ip-generic", "off");
      }
      if (mode == Uplink.Mode.BRIDGED) {
        site.wires.ip("world", "address", "add", Lab.four(0, 30) + "/27", "dev", "w0");
        site.wires.ip("world", "address", "add", Lab.six(0, 30) + "/64", "dev", "w0", "nodad");
      } else {
        site.wires.ip("world", "route", "replace", "192.0.2.0/24", "via", Lab.HOST);
      }
      site.tables.set(
          new Filters(
              new UidRange(Lab.FIRST_UID, 100),
              List.of(network),
              List.of(
                  ModelFixtures.filteredPort(
                      Samples.name("evil"), Owner.SITE, lease, null, List.of()))));
      var sleeper = new ProcessBuilder("unshare", "--net", "sleep", "600").start();
      started.add(sleeper);
      assertThat(
              Polling.until(Duration.ofMinutes(1), () -> NetworkNamespace.isApart(sleeper.pid())))
          .isTrue();
      where = new Connector.Place(sleeper.pid(), true);
      // The way is known: a router asks for nobody's address before its own is no more in question.
      assertThat(Polling.until(Duration.ofMinutes(1), () -> site.wires.pings("host", router6())))
          .isTrue();
    }

    TapHolder evil() throws Exception {
      var port = new Step.Port(lease.tap(), network.bridge(), lease);
      site.links.connect(new Step.ConnectPorts(Samples.name("evil"), 0, List.of(port)), where);
      return TapHolder.of(site.wires, lease.tap(), where);
    }

    /** The defence is that this is off. */
    void innerChecksums(String state) {
      var inside = "--net=/proc/" + where.pid() + "/ns/net";
      var shown = Command.of("nsenter", inside, "ip", "-o", "link", "show", "type", "veth");
      var end = shown.output().split("[ @]", -1)[1];
      Command.of("nsenter", inside, "ethtool", "-K", end, "tx-checksum-ip-generic", state).output();
    }

    String honest(TapHolder evil, String marker) throws Exception {
      return hears(evil, marker, new TapHolder.Sent(frame(marker), 0, 0));
    }

    /** The last two bytes are chosen so that the sum becomes the end of the neighbour's address. */
    String masked(TapHolder evil, String marker) throws Exception {
      byte[] frame = frame(marker);
      var address = Frame.ip(four() ? Lab.four(0, NEIGHBOUR) : Lab.six(0, NEIGHBOUR));
      int wanted = word(address, address.length - 2);
      byte[] last = Frame.u16(added(~wanted & 0xffff, ~sum(frame, protocol.start) & 0xffff));
      System.arraycopy(last, 0, frame, frame.length - 2, 2);
      return hears(
          evil, marker, new TapHolder.Sent(frame, protocol.start, protocol.field - protocol.start));
    }

    /** ARP that goes no further than the switch is heard by a neighbour. */
    String hears(TapHolder evil, String marker, TapHolder.Sent... frames) throws Exception {
      boolean leaves = protocol != Protocol.ARP || mode == Uplink.Mode.BRIDGED;
      return leaves
          ? evil.sends(site.wires, "world", "w0", marker, frames)
          : evil.sends(site.wires, "bob", "eth0", marker, frames);
    }

    boolean translated() {
      return mode == Uplink.Mode.NAT && protocol != Protocol.ARP;
    }

    /** As others see a machine of that number, when it does not lie. */
    String sender(int number) {
      if (translated()) {
        return four() ? Lab.HOST : Lab.HOST6;
      }
      return four() ? Lab.four(0, number) : Ipv6Address.parse(Lab.six(0, number)).toString();
    }

    private boolean four() {
      return protocol != Protocol.IPV6;
    }

    byte[] frame(String marker) {
      // Of even length, and with two bytes at its end that mean nothing.
      int length = marker.length() + 2 + marker.length() % 2;
      byte[] end = Arrays.copyOf(marker.getBytes(StandardCharsets.UTF_8), length);
      byte[] udp = Frame.join(Frame.udp(9, 9), end);
      return switch (protocol) {
        case ARP ->
            Frame.ethernet(
                Frame.EVERYBODY,
                MAC,
                protocol.type,
                Frame.join(
                    Frame.arp(1, MAC, Lab.four(0, EVIL), "00:00:00:00:00:00", Lab.four(0, 30)),
                    end));
        case IPV4 ->
            Frame.ethernet(
                router(),
                MAC,
                protocol.type,
                Frame.ip4(Lab.four(0, EVIL), bridged() ? Lab.four(0, 30) : Lab.WORLD, 17, udp));
        case IPV6 ->
            Frame.ethernet(
                router(), MAC, protocol.type, Frame.ip6(Lab.six(0, EVIL), router6(), 17, udp));
      };
    }

    private String router6() {
      return bridged() ? Lab.six(0, 30) : Lab.WORLD6;
    }

    private boolean bridged() {
      return mode == Uplink.Mode.BRIDGED;
    }

    private String router() {
      return bridged()
          ? site.wires.output("world", "cat", "/sys/class/net/w0/address")
          : site.wires.output("host", "cat", "/sys/class/net/" + network.bridge() + "/address");
    }

    /** What the router takes for the neighbour's Ethernet address; empty for none. */
    String believed() {
      return site.wires.ip("world", "neighbour", "show", Lab.four(0, NEIGHBOUR));
    }

    long spoofed() {
      return site.tables.observe().dropped().values().stream()
          .mapToLong(SpoofedFrames::count)
          .sum();
    }
  }

  /** RFC 1071. */
  private static int sum(byte[] bytes, int from) {
    int sum = 0;
    for (int at = from; at < bytes.length; at += 2) {
      sum = added(sum, word(bytes, at));
    }
    return sum;
  }

  private static int added(int one, int other) {
    int sum = one + other;
    return (sum & 0xffff) + (sum >>> 16);
  }

  private static int word(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }
}
