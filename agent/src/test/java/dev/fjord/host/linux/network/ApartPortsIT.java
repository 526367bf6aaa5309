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
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Owner;
import dev.fjord.model.Switch;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Step;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
        ModelFixtures.lease(
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
    var port = ModelFixtures.filteredPort(Samples.name("evil"), Owner.SITE, lease, null, List.of());
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
      assertThat(sends(evil, "cut")).isEmpty();
      lab.links.connect(step(), new Connector.Place(where.pid(), false));
      assertThat(sends(evil, "again")).isEqualTo(Lab.four(0, 5));
      // What a run left that was killed in between is in nobody's way.
      lab.wires.ip("host", "link", "delete", "dev", "tap-evil");
      lab.wires.ip("host", "link", "add", "fjord~dead", "type", "bridge");
      var unfinished = Links.unfinished(lease.tap());
      lab.wires.ip("host", "link", "set", "fjord~dead", "name", unfinished);
      lab.links.connect(step(), new Connector.Place(where.pid(), false));
      assertThat(sends(evil, "third")).isEqualTo(Lab.four(0, 5));
    }
  }

  @Test
  void all_of_a_port_carries_what_its_switch_does() throws Exception {
    var where = namespace();
    for (var mtu : List.of(1400, 1300, 9000)) {
      var port =
          new Step.Port(lease.tap(), network.bridge(), lease, null, true, false, false, mtu, false);
      lab.links.connect(
          new Step.ConnectPorts(Samples.name("evil"), 0, List.of(port)),
          new Connector.Place(where.pid(), mtu == 1400));
      var inside =
          Command.of(
                  "nsenter", "--net=/proc/" + where.pid() + "/ns/net", "ip", "-o", "link", "show")
              .output();
      assertThat(inside.lines().filter(line -> !line.contains(" lo: ")))
          .hasSize(3)
          .allMatch(line -> line.contains(" mtu " + mtu + " "));
      assertThat(lab.wires.ip("host", "link", "show", "dev", "tap-evil"))
          .contains(" mtu " + mtu + " ");
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

  private TapHolder holder(Connector.@Nullable Place where) throws Exception {
    lab.links.connect(step(), where);
    return TapHolder.of(lab.wires, lease.tap(), where);
  }

  private String sends(TapHolder evil, String marker) throws IOException {
    return evil.sends(lab.wires, "world", "w0", marker, new TapHolder.Sent(packet(marker), 0, 0));
  }

  /** A packet to the world. */
  private byte[] packet(String marker) {
    var udp = Frame.join(Frame.udp(9, 9), marker.getBytes(StandardCharsets.UTF_8));
    return Frame.ethernet(router(), MAC, IP4, Frame.ip4(Lab.four(0, 5), Lab.WORLD, 17, udp));
  }

  private String router() {
    return lab.wires.output("host", "cat", "/sys/class/net/" + network.bridge() + "/address");
  }
}
