package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.uml.Connector;
import dev.fjord.host.linux.uml.NetworkNamespace;
import dev.fjord.host.linux.uml.Polling;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.Owner;
import dev.fjord.model.Switch;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who holds a tap does with it what it likes. Each attack is first made with the tap on the host,
 * as fjord had them once, where it works.
 */
class ApartPortsIT {
  private static final String MAC = "02:00:00:00:00:05";
  private static final String BOBS = "02:00:00:00:00:06";
  private static final int IP4 = 0x0800;

  /** Sends frames from a tap, each with a header that says where a checksum is to be written. */
  private static final String HOLDER =
      """
      import fcntl, os, struct, sys, time
      fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
      fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", sys.argv[1].encode(), 0x5002))
      print("open", flush=True)
      for line in sys.stdin:
          words = line.split()
          if words[0] == "send":
              frame = bytes.fromhex(words[1])
              start, offset = int(words[2]), int(words[3])
              flags = 1 if start else 0 # VIRTIO_NET_HDR_F_NEEDS_CSUM
              header = struct.pack("<BBHHHH", flags, 0, len(frame), 0, start, offset)
              try:
                  os.write(fd, header + frame)
                  print("sent", flush=True)
              except OSError as e: # The kernel sees by itself that it cannot be.
                  print(e.strerror, flush=True)
          else: # SIOCSIFHWADDR, ARPHRD_ETHER
              mac = bytes.fromhex(words[1].replace(":", ""))
              request = struct.pack("16sH14s8x", sys.argv[1].encode(), 1, mac)
              try:
                  fcntl.ioctl(fd, 0x8924, request)
                  print("changed", flush=True)
              except OSError as e:
                  print(e.strerror, flush=True)
      """;

  /** Tells the sender, by its IPv4 or ARP header, of each frame that holds a marker. */
  private static final String HEARER =
      """
      import select, socket, sys, time
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
      s.bind((sys.argv[1], 0))
      marker = sys.argv[2].encode()
      print("hears", flush=True)
      sys.stdin.readline()
      until = time.monotonic() + 1
      heard = set()
      while select.select([s], [], [], max(0, until - time.monotonic()))[0]:
          frame = s.recv(70000)
          if marker in frame:
              at = 26 if frame[12:14] == b"\\x08\\x00" else 28
              heard.add(".".join(str(byte) for byte in frame[at:at + 4]))
      print(" ".join(sorted(heard)), flush=True)
      """;

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();
  private Lab lab;
  private Switch network;
  private Lease lease;

  @BeforeEach
  void a_host_with_a_routed_switch_and_a_neighbour() throws Exception {
    assumeTrue(Samples.isInstalled("ethtool"), "ethtool is missing");
    lab = new Lab(folder);
    network = Lab.network(0, Lab.traffic(Uplink.Mode.ROUTED), false);
    lab.with(network);
    lease =
        new Lease(
            network.name(),
            Ipv4Address.parse(Lab.four(0, 5)),
            null,
            new MacAddress(MAC),
            new InterfaceName("tap-evil"));
    lab.guest("bob", network, 6, null);
    var bridge = network.bridge().value();
    lab.wires.output(
        "host", "bridge", "fdb", "replace", BOBS, "dev", "tap-bob", "master", "static");
    lab.wires.ip("host", "neighbour", "replace", Lab.four(0, 6), "lladdr", BOBS, "dev", bridge);
    // As an interface whose hardware writes no checksums, as most of a rented machine.
    lab.wires.output("host", "ethtool", "-K", "up0", "tx-checksum-ip-generic", "off");
    lab.wires.ip("world", "route", "replace", "192.0.2.0/24", "via", Lab.HOST);
    var port = new FilteredPort(Samples.name("evil"), Owner.SITE, lease, null, List.of());
    lab.tables.set(new Filters(new UidRange(Lab.FIRST_UID, 100), List.of(network), List.of(port)));
  }

  @AfterEach
  void end() {
    started.forEach(process -> process.destroyForcibly().onExit().join());
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void a_checksum_over_the_senders_address_on_the_host_gets_past_the_filter() throws Exception {
    try (var evil = holder(null)) {
      assertThat(evil.sends(packet("honest"), 0, 0, "honest")).isEqualTo(Lab.four(0, 5));
      assertThat(evil.sends(packet("masked"), 20, 8, "masked"))
          .as("the sender that the world sees")
          .isNotEmpty()
          .isNotEqualTo(Lab.four(0, 5));
      assertThat(spoofed()).isZero();
    }
  }

  @Test
  void a_checksum_over_the_senders_address_is_written_before_the_filter() throws Exception {
    try (var evil = holder(namespace())) {
      assertThat(evil.sends(packet("honest"), 0, 0, "honest")).isEqualTo(Lab.four(0, 5));
      // A checksum where it belongs is completed, and arrives.
      assertThat(evil.sends(packet("proper"), 34, 6, "proper")).isEqualTo(Lab.four(0, 5));
      assertThat(evil.sends(packet("masked"), 20, 8, "masked")).isEmpty();
      assertThat(spoofed()).isEqualTo(1);
      for (var start : List.of(6, 8, 10, 12, 14, 26, 28, 30)) {
        assertThat(evil.sends(packet("at" + start), start, 0, "at" + start))
            .as("a checksum written at %d", start)
            .isIn("", Lab.four(0, 5));
      }
    }
  }

  @Test
  void the_address_of_a_tap_on_the_host_takes_a_neighbours_packets() throws Exception {
    assertThat(lab.wires.pings("host", Lab.four(0, 6))).isTrue();
    try (var evil = holder(null)) {
      assertThat(evil.order("address " + BOBS)).isEqualTo("changed");
      assertThat(lab.wires.pings("host", Lab.four(0, 6))).isFalse();
    }
  }

  @Test
  void the_address_of_a_tap_in_a_namespace_is_nobodys_business() throws Exception {
    try (var evil = holder(namespace())) {
      assertThat(evil.order("address " + BOBS)).isEqualTo("changed");
      assertThat(lab.wires.pings("host", Lab.four(0, 6))).isTrue();
    }
  }

  @Test
  void what_is_laid_again_leads_to_the_same_tap() throws Exception {
    var where = namespace();
    try (var evil = holder(where)) {
      lab.wires.ip("host", "link", "delete", "dev", "tap-evil");
      assertThat(evil.sends(packet("cut"), 0, 0, "cut")).isEmpty();
      lab.links.connect(step(), new Connector.Place(where.pid(), false));
      assertThat(evil.sends(packet("again"), 0, 0, "again")).isEqualTo(Lab.four(0, 5));
      assertThat(evil.sends(packet("masked"), 20, 8, "masked")).isEmpty();
      // What a run left that was killed in between is in nobody's way.
      lab.wires.ip("host", "link", "delete", "dev", "tap-evil");
      lab.wires.ip("host", "link", "add", "fjord~dead", "type", "bridge");
      var unfinished = Links.unfinished(lease.tap());
      lab.wires.ip("host", "link", "set", "fjord~dead", "name", unfinished);
      lab.links.connect(step(), new Connector.Place(where.pid(), false));
      assertThat(evil.sends(packet("third"), 0, 0, "third")).isEqualTo(Lab.four(0, 5));
    }
  }

  private Step.ConnectPorts step() {
    var port = new Step.Port(lease.tap(), network.bridge(), lease);
    return new Step.ConnectPorts(Samples.name("evil"), 0, List.of(port));
  }

  private Connector.Place namespace() throws IOException {
    var sleeper = new ProcessBuilder("unshare", "--net", "sleep", "600").start();
    started.add(sleeper);
    assertThat(Polling.until(Duration.ofMinutes(1), () -> NetworkNamespace.isApart(sleeper.pid())))
        .isTrue();
    return new Connector.Place(sleeper.pid(), true);
  }

  private Holder holder(Connector.@Nullable Place where) throws Exception {
    lab.links.connect(step(), where);
    var inside =
        where == null
            ? lab.wires.inside("host")
            : List.of("nsenter", "--net=/proc/" + where.pid() + "/ns/net");
    var holder = new Holder(start(inside, "python3", "-c", HOLDER, "tap-evil"));
    assertThat(holder.answers.readLine()).isEqualTo("open");
    // A port forwards nothing until the kernel has noticed that somebody holds its tap.
    var state = "/sys/class/net/tap-evil/brport/state";
    assertThat(
            Polling.until(
                Duration.ofMinutes(1), () -> lab.wires.output("host", "cat", state).equals("3")))
        .isTrue();
    return holder;
  }

  private long spoofed() {
    return lab.tables.observe().dropped().values().stream().mapToLong(Long::longValue).sum();
  }

  /** A packet to the world. */
  private byte[] packet(String marker) {
    var udp = Frame.join(Frame.udp(9, 9), marker.getBytes(StandardCharsets.UTF_8));
    return Frame.ethernet(router(), MAC, IP4, Frame.ip4(Lab.four(0, 5), Lab.WORLD, 17, udp));
  }

  private String router() {
    return lab.wires.output("host", "cat", "/sys/class/net/" + network.bridge() + "/address");
  }

  private Process start(List<String> inside, String... words) throws IOException {
    var all = new ArrayList<>(inside);
    all.addAll(List.of(words));
    var process = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private final class Holder implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    Holder(Process process) {
      this.process = process;
      this.answers = process.inputReader();
    }

    String order(String line) throws IOException {
      var orders = process.outputWriter();
      orders.write(line + "\n");
      orders.flush();
      return answers.readLine();
    }

    /** The senders that the world sees; none when nothing arrives. */
    String sends(byte[] frame, int start, int offset, String marker) throws IOException {
      var hearer =
          ApartPortsIT.this.start(lab.wires.inside("world"), "python3", "-c", HEARER, "w0", marker);
      var heard = hearer.inputReader();
      assertThat(heard.readLine()).isEqualTo("hears");
      order("send " + HexFormat.of().formatHex(frame) + " " + start + " " + offset);
      var orders = hearer.outputWriter();
      orders.write("now\n");
      orders.flush();
      return heard.readLine();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
