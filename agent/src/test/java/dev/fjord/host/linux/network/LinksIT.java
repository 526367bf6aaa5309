package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.Cidr;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Routing;
import dev.fjord.model.Switch;
import dev.fjord.plan.Step;
import dev.fjord.planner.network.SwitchSettings;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real bridges and taps, in a network namespace that the test makes. */
class LinksIT {
  private static final InterfaceName BRIDGE = new InterfaceName("br-lan");
  private static final Cidr GATEWAY = Cidr.parse("192.0.2.1/24");
  private static final Step.SetUpSwitch LAN =
      new Step.SetUpSwitch(
          Samples.name("lan"),
          BRIDGE,
          GATEWAY,
          null,
          null,
          Switch.USUAL_MTU,
          SwitchSettings.closed(BRIDGE));

  private final String namespace = "fjord-it-" + ProcessHandle.current().pid();
  private final List<String> inside = List.of("ip", "netns", "exec", namespace);
  private final Links links = new Links(inside, null);

  @BeforeEach
  void make_a_namespace() {
    assumeTrue(Samples.isRoot(), "only root can make a network namespace");
    assumeTrue(Samples.isInstalled("ip"), "ip (package iproute2) is missing");
    assumeTrue(Files.exists(Path.of("/dev/net/tun")), "/dev/net/tun is missing");
    var made = Command.of("ip", "netns", "add", namespace).run();
    assumeTrue(made.exit() == 0, "no network namespace can be made here: " + made.error());
  }

  @AfterEach
  void remove_the_namespace() {
    if (Samples.isRoot()) {
      Command.of("ip", "netns", "delete", namespace).run();
    }
  }

  @Test
  void makes_a_switch_and_finds_it_again() {
    links.setUpSwitch(LAN);
    assertThat(bridge().with(Routing.NONE))
        .isEqualTo(
            ModelFixtures.observedBridge(BRIDGE, Samples.name("lan"), true, List.of(GATEWAY)));
    var details = ip("-d", "link", "show", "dev", "br-lan");
    assertThat(details).contains("stp_state 0").contains("forward_delay 0 ");
    assertThat(ip("-6", "address", "show", "dev", "br-lan")).isEmpty();
    assertThat(run("cat", "/proc/sys/net/ipv6/conf/br-lan/disable_ipv6")).isEqualTo("1");
  }

  @Test
  void a_second_time_changes_nothing_and_drift_is_mended() {
    links.setUpSwitch(LAN);
    var first = ip("address", "show");
    links.setUpSwitch(LAN);
    assertThat(ip("address", "show")).isEqualTo(first);
    ip("link", "set", "dev", "br-lan", "down");
    ip("address", "add", "192.0.2.77/24", "dev", "br-lan");
    ip("address", "delete", "192.0.2.1/24", "dev", "br-lan");
    links.setUpSwitch(LAN);
    assertThat(bridge().with(Routing.NONE))
        .isEqualTo(
            ModelFixtures.observedBridge(BRIDGE, Samples.name("lan"), true, List.of(GATEWAY)));
  }

  @Test
  void the_gateways_ethernet_address_stays_when_ports_come_and_go() {
    links.setUpSwitch(LAN);
    var before = run("cat", "/sys/class/net/br-lan/address");
    for (int i = 2; i < 8; i++) {
      links.connect(connect(i));
    }
    assertThat(run("cat", "/sys/class/net/br-lan/address")).isEqualTo(before);
  }

  @Test
  void somebody_elses_bridge_is_told_and_not_touched() {
    ip("link", "add", "name", "br-lan", "type", "bridge");
    ip("link", "set", "dev", "br-lan", "alias", "the lab's");
    var before = ip("address", "show");
    var problem = refused(() -> links.setUpSwitch(LAN));
    assertThat(problem.code()).isEqualTo("foreign-link");
    assertThat(problem.summary())
        .isEqualTo("interface br-lan is in the way of switch lan, and not fjord's");
    assertThat(problem.detail()).isEqualTo("it is a bridge without fjord's mark");
    assertThat(problem.hint()).startsWith("It was not touched.");
    assertThat(refused(() -> links.removeSwitch(new Step.RemoveSwitch(LAN.name(), BRIDGE))).code())
        .isEqualTo("foreign-link");
    assertThat(refused(() -> links.connect(connect(5))).code()).isEqualTo("foreign-link");
    assertThat(ip("address", "show")).isEqualTo(before);
    assertThat(bridge().network()).isNull();
  }

  @Test
  void another_kind_of_interface_in_the_way_is_seen_and_not_touched() {
    ip("tuntap", "add", "dev", "br-lan", "mode", "tun");
    assertThat(refused(() -> links.setUpSwitch(LAN)).detail())
        .isEqualTo("it is a tun without fjord's mark");
    assertThat(bridge().network()).isNull();
  }

  @Test
  void makes_a_port_and_finds_it_again() {
    links.setUpSwitch(LAN);
    links.connect(connect(5));
    assertThat(links.observe().ports())
        .containsExactly(port("tap5", "i5", BRIDGE, true, "02:00:00:00:00:05"));
    assertThat(ip("-d", "link", "show", "dev", "tap5"))
        .contains("vnet_hdr on")
        .contains("user 20005")
        .contains("alias fjord:port/i5/192.0.2.5");
    assertThat(neighbours())
        .containsExactly("192.0.2.5 dev br-lan lladdr 02:00:00:00:00:05 PERMANENT");
    var before = ip("address", "show");
    links.connect(connect(5));
    assertThat(ip("address", "show")).isEqualTo(before);
  }

  @Test
  void the_bridge_knows_for_good_where_a_guest_is() {
    links.setUpSwitch(LAN);
    links.connect(connect(6));
    assertThat(forwarding("tap6")).containsExactly("02:00:00:00:00:06");
    // Heard behind another port: of a neighbour who says so, or of the daemon it was behind before.
    run("bridge", "fdb", "add", "02:00:00:00:00:05", "dev", "tap6", "master", "static");
    links.connect(connect(5));
    assertThat(forwarding("tap5")).containsExactly("02:00:00:00:00:05");
    assertThat(forwarding("tap6")).containsExactly("02:00:00:00:00:06");
    ip("link", "set", "dev", "br-lan", "type", "bridge", "fdb_flush");
    ip("link", "set", "dev", "tap5", "nomaster");
    links.connect(connect(5));
    assertThat(forwarding("tap5")).containsExactly("02:00:00:00:00:05");
    // Static, but it follows to wherever the address is heard: as good as none.
    run("bridge", "fdb", "replace", "02:00:00:00:00:05", "dev", "tap5", "master", "static");
    assertThat(links.observe().ports()).contains(port("tap5", "i5", BRIDGE, true));
    links.connect(connect(5));
    assertThat(links.observe().ports())
        .contains(port("tap5", "i5", BRIDGE, true, "02:00:00:00:00:05"));
    links.removePort(new InterfaceName("tap5"));
    assertThat(run("bridge", "fdb", "show")).doesNotContain("02:00:00:00:00:05");
  }

  @Test
  void a_port_that_drifted_is_mended() {
    links.setUpSwitch(LAN);
    links.connect(connect(5));
    ip("link", "set", "dev", "tap5", "nomaster", "down");
    ip("neighbour", "delete", "192.0.2.5", "dev", "br-lan");
    assertThat(links.observe().ports()).containsExactly(port("tap5", "i5", null, false));
    links.connect(connect(5));
    assertThat(links.observe().ports())
        .containsExactly(port("tap5", "i5", BRIDGE, true, "02:00:00:00:00:05"));
    assertThat(neighbours()).hasSize(1);
  }

  @Test
  void a_tap_of_another_user_is_made_anew() {
    links.setUpSwitch(LAN);
    links.connect(connect(5));
    var step = connect(5);
    links.connect(new Step.ConnectPorts(step.instance(), 20099, step.ports()));
    assertThat(ip("-d", "link", "show", "dev", "tap5")).contains("user 20099");
  }

  /** Whose name ip(8) prints then, in the place of the number. */
  @Test
  void a_user_id_may_have_an_account() {
    links.setUpSwitch(LAN);
    var step = connect(5);
    links.connect(new Step.ConnectPorts(step.instance(), 65534, step.ports()));
    assertThat(ip("-d", "link", "show", "dev", "tap5")).contains("user nobody");
    var before = ip("-o", "link", "show", "dev", "tap5");
    links.connect(new Step.ConnectPorts(step.instance(), 65534, step.ports()));
    assertThat(ip("-o", "link", "show", "dev", "tap5")).as("not made anew").isEqualTo(before);
  }

  @Test
  void a_user_id_may_have_ten_digits() {
    links.setUpSwitch(LAN);
    var step = connect(5);
    links.connect(new Step.ConnectPorts(step.instance(), 1_234_567_890, step.ports()));
    var before = ip("-o", "link", "show", "dev", "tap5");
    links.connect(new Step.ConnectPorts(step.instance(), 1_234_567_890, step.ports()));
    assertThat(ip("-o", "link", "show", "dev", "tap5")).as("not made anew").isEqualTo(before);
  }

  @Test
  void a_tun_on_layer_3_is_no_tap() {
    ip("tuntap", "add", "dev", "tun5", "mode", "tun");
    var seen = links.observe();
    assertThat(seen.ports()).isEmpty();
    assertThat(seen.bridges()).extracting(ObservedBridge::name).contains(new InterfaceName("tun5"));
  }

  @Test
  void somebody_elses_tap_is_told_and_not_touched() {
    links.setUpSwitch(LAN);
    ip("tuntap", "add", "dev", "tap5", "mode", "tap", "user", "20005", "vnet_hdr");
    var before = ip("address", "show") + ip("-d", "link", "show", "dev", "tap5");
    assertThat(refused(() -> links.connect(connect(5))).summary())
        .isEqualTo("interface tap5 is in the way of a port of i5, and not fjord's");
    assertThat(refused(() -> links.removePort(new InterfaceName("tap5"))).detail())
        .isEqualTo("it is a tap without fjord's mark");
    assertThat(ip("address", "show") + ip("-d", "link", "show", "dev", "tap5")).isEqualTo(before);
    assertThat(links.observe().ports()).containsExactly(port("tap5", null, null, false));
  }

  @Test
  void a_port_waits_for_its_bridge() {
    var problem = refused(() -> links.connect(connect(5)));
    assertThat(problem.summary()).isEqualTo("instance i5 needs bridge br-lan, which is missing");
    assertThat(links.observe().ports()).isEmpty();
  }

  @Test
  void a_tap_under_a_running_kernel_is_not_made_anew() throws Exception {
    links.setUpSwitch(LAN);
    links.connect(connect(5));
    assumeTrue(Samples.isInstalled("python3"), "python3 is missing: it holds the tap");
    var holder =
        """
        import fcntl, struct, sys
        tun = open("/dev/net/tun", "r+b", buffering=0)
        fcntl.ioctl(tun, 0x400454ca, struct.pack("16sH22x", b"tap5", 0x5002))
        print("open", flush=True)
        sys.stdin.read()
        """;
    var words = Stream.concat(inside.stream(), Stream.of("python3", "-c", holder)).toList();
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    try {
      assertThat(process.inputReader().readLine()).isEqualTo("open");
      links.connect(connect(5));
      var step = connect(5);
      var problem =
          refused(() -> links.connect(new Step.ConnectPorts(step.instance(), 20099, step.ports())));
      assertThat(problem.summary()).isEqualTo("tap tap5 is not as i5 needs it");
      assertThat(problem.detail())
          .isEqualTo("a process holds it open; its user is 20005, wanted: 20099");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void what_a_killed_run_left_unfinished_is_made_anew() {
    var tap = Links.unfinished(new InterfaceName("tap5"));
    var bridge = Links.unfinished(BRIDGE);
    ip("link", "add", "name", bridge, "type", "bridge");
    ip("tuntap", "add", "dev", tap, "mode", "tap");
    assertThat(links.observe().ports()).isEmpty();
    links.setUpSwitch(LAN);
    links.connect(connect(5));
    assertThat(ip("link", "show")).doesNotContain("fjord~");
    assertThat(links.observe().ports()).hasSize(1);
  }

  @Test
  void removes_what_is_its_own_and_forgets_the_neighbour() {
    links.setUpSwitch(LAN);
    links.connect(connect(5));
    links.removePort(new InterfaceName("tap5"));
    links.removePort(new InterfaceName("tap5"));
    assertThat(links.observe().ports()).isEmpty();
    assertThat(neighbours()).isEmpty();
    links.removeSwitch(new Step.RemoveSwitch(Samples.name("other"), BRIDGE));
    assertThat(bridge().network()).isEqualTo(Samples.name("lan"));
    links.removeSwitch(new Step.RemoveSwitch(LAN.name(), BRIDGE));
    links.removeSwitch(new Step.RemoveSwitch(LAN.name(), BRIDGE));
    assertThat(links.observe().bridges().stream().map(ObservedBridge::name)).doesNotContain(BRIDGE);
  }

  @Test
  void many_connect_side_by_side_and_are_seen_at_once() throws Exception {
    links.setUpSwitch(LAN);
    try (var executor = Executors.newFixedThreadPool(8)) {
      var running = new ArrayList<Future<?>>();
      for (int i = 2; i < 202; i++) {
        var step = connect(i);
        running.add(executor.submit(() -> links.connect(step)));
      }
      for (var one : running) {
        one.get();
      }
    }
    assertThat(links.observe().ports()).hasSize(200).allMatch(port -> port.instance() != null);
    assertThat(neighbours()).hasSize(200);
  }

  private static Step.ConnectPorts connect(int number) {
    var lease =
        ModelFixtures.lease(
            Samples.name("lan"),
            Ipv4Address.parse("192.0.2." + number),
            new MacAddress("02:00:00:00:00:%02x".formatted(number)),
            new InterfaceName("tap" + number));
    return new Step.ConnectPorts(
        Samples.name("i" + number),
        20000 + number,
        List.of(new Step.Port(lease.tap(), BRIDGE, lease)));
  }

  private ObservedBridge bridge() {
    return links.observe().bridges().stream()
        .filter(bridge -> bridge.name().equals(BRIDGE))
        .findFirst()
        .orElseThrow();
  }

  private static ObservedPort port(
      String tap,
      @Nullable String instance,
      @Nullable InterfaceName bridge,
      boolean up,
      String... stations) {
    return ModelFixtures.observedPort(
        new InterfaceName(tap),
        instance == null ? null : Samples.name(instance),
        null,
        bridge,
        up,
        null,
        Stream.of(stations).map(MacAddress::new).collect(Collectors.toSet()));
  }

  private List<String> neighbours() {
    return ip("neighbour", "show", "nud", "permanent").lines().map(String::strip).toList();
  }

  /** The Ethernet addresses that a bridge looks for at a tap, whatever it hears. */
  private List<String> forwarding(String tap) {
    return run("bridge", "fdb", "show", "dev", tap)
        .lines()
        .filter(line -> line.contains(" static") && line.contains(" sticky"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  private String ip(String... words) {
    return run(Stream.concat(Stream.of("ip"), Stream.of(words)).toArray(String[]::new));
  }

  private String run(String... words) {
    return Command.of(Stream.concat(inside.stream(), Stream.of(words)).toList()).output().strip();
  }

  private static Problem refused(Runnable step) {
    return catchThrowableOfType(ProblemException.class, step::run).problem();
  }
}
