package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.model.InterfaceName;
import dev.fjord.model.Isolation;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Step;
import dev.fjord.planner.network.SwitchSteps;
import dev.fjord.problem.ProblemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host's interface as a port, and the host's addresses that are never lost. */
class BridgedUplinkIT {
  @TempDir Path folder;
  private Lab lab;
  private Switch lan;

  @BeforeEach
  void begin() throws Exception {
    lab = new Lab(folder);
    lab.wires.listen("world", 80);
    lab.wires.ip("host", "address", "add", "203.0.113.2/24", "dev", "up0");
    lab.wires.ip(
        "host",
        "route",
        "add",
        "198.51.100.0/24",
        "via",
        "203.0.113.7",
        "dev",
        "up0",
        "metric",
        "50");
    lan = bridged("up0");
  }

  @AfterEach
  void end() {
    lab.close();
  }

  private static Switch bridged(String device) {
    var uplink = new Uplink(Uplink.Mode.BRIDGED, new InterfaceName(device));
    return Lab.network(1, new Traffic(uplink, Isolation.NONE, false, true, null), false);
  }

  @Test
  void the_hosts_addresses_and_routes_go_over_to_the_bridge_and_come_back() {
    var before = addresses("up0");
    var routes = routes("up0");
    assertThat(routes).hasSizeGreaterThan(3);
    lab.with(lan);
    assertThat(addresses("up0")).isEmpty();
    assertThat(addresses("fj-lan1")).isEqualTo(before);
    assertThat(routes("fj-lan1")).isEqualTo(routes);
    assertThat(mac("fj-lan1")).isEqualTo(mac("up0"));
    theWorldReachesTheHost();
    assertThat(lab.wires.ask("host", Lab.WORLD, 80)).isEqualTo(Lab.HOST);
    assertThat(lab.wires.ask("host", Lab.WORLD6, 80)).isEqualTo(Lab.HOST6);
    assertThat(SwitchSteps.fields(lan, lab.observe())).isEmpty();
    lab.with(lan);
    assertThat(addresses("fj-lan1")).as("twice is once").isEqualTo(before);

    lab.links.removeSwitch(new Step.RemoveSwitch(lan.name(), lan.bridge()));
    assertThat(addresses("up0")).isEqualTo(before);
    assertThat(routes("up0")).isEqualTo(routes);
    theWorldReachesTheHost();
    assertThat(lab.wires.ask("host", Lab.WORLD, 80)).isEqualTo(Lab.HOST);
  }

  @Test
  void guests_are_machines_of_the_worlds_network() throws Exception {
    lab.with(lan);
    lab.wires.ip("world", "address", "add", "192.0.2.62/27", "dev", "w0");
    lab.guest("linda", lan, 5, null);
    lab.filter();
    assertThat(lab.wires.ask("world", Lab.four(1, 5), 22)).isEqualTo("192.0.2.62");
    assertThat(lab.wires.ask("linda", "192.0.2.62", 80)).isEqualTo(Lab.four(1, 5));
  }

  @Test
  void another_uplink_gives_the_interface_back_what_it_had() {
    var before = addresses("up0");
    var routes = routes("up0");
    lab.with(lan);
    lab.with(Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false));
    assertThat(addresses("up0")).isEqualTo(before);
    assertThat(routes("up0")).isEqualTo(routes);
    assertThat(addresses("fj-lan1"))
        .containsExactlyInAnyOrder("192.0.2.33/27", "2001:db8:0:1::1/64");
    theWorldReachesTheHost();
  }

  @Test
  void killed_after_any_line_the_next_run_completes_it() throws Exception {
    var before = addresses("up0");
    var routes = routes("up0");
    for (int lines = 0; lines < 14; lines++) {
      var step = SwitchSteps.of(lan, lab.observe());
      dying(lines, links -> links.setUpSwitch(step));
      assertThat(held()).as("killed after %d lines", lines).containsAll(before);
      lab.with(lan);
      assertThat(addresses("fj-lan1")).as("then gone on with, %d", lines).isEqualTo(before);
      assertThat(addresses("up0")).isEmpty();
      assertThat(routes("fj-lan1")).isEqualTo(routes);
      var remove = new Step.RemoveSwitch(lan.name(), lan.bridge());
      dying(lines, links -> links.removeSwitch(remove));
      assertThat(held()).as("removal killed after %d lines", lines).containsAll(before);
      lab.links.removeSwitch(remove);
      assertThat(addresses("up0")).as("then removed, %d", lines).isEqualTo(before);
      assertThat(routes("up0")).isEqualTo(routes);
    }
    theWorldReachesTheHost();
  }

  /** Ip(8) and the agent end together after a number of lines. */
  private void dying(int lines, Consumer<Links> work) throws Exception {
    try {
      work.accept(lab.dying(folder, lines));
    } catch (ProblemException killed) {
      assertThat(killed.problem().code()).isEqualTo("network-failed");
    }
  }

  @Test
  void a_bridge_that_somebody_deleted_comes_back_with_the_hosts_addresses() {
    var before = addresses("up0");
    var routes = routes("up0");
    lab.with(lan);
    lab.wires.ip("host", "link", "delete", "dev", "fj-lan1");
    assertThat(addresses("up0")).as("the kernel deletes them, too").isEmpty();
    lab.with(lan);
    assertThat(addresses("fj-lan1")).isEqualTo(before);
    assertThat(routes("fj-lan1")).isEqualTo(routes);
    theWorldReachesTheHost();
  }

  @Test
  void an_address_that_comes_to_the_interface_again_is_drift() {
    lab.with(lan);
    lab.wires.ip("host", "address", "add", "203.0.113.3/24", "dev", "up0");
    assertThat(SwitchSteps.fields(lan, lab.observe()))
        .hasToString("[FieldChange[path=uplink, from=up0 with 203.0.113.3/24, to=up0]]");
    lab.with(lan);
    assertThat(addresses("fj-lan1")).contains("203.0.113.3/24");
    lab.wires.ip("host", "link", "set", "dev", "up0", "nomaster");
    assertThat(SwitchSteps.fields(lan, lab.observe()))
        .hasToString("[FieldChange[path=uplink, from=null, to=up0]]");
    lab.with(lan);
    theWorldReachesTheHost();
  }

  @Test
  void what_is_no_uplink_is_refused_and_not_touched() {
    var wires = lab.wires;
    wires.ip("host", "link", "add", "name", "br-lab", "type", "bridge");
    wires.add("elsewhere");
    wires.connect("elsewhere", "e0", "host", "taken", "02:00:5e:00:00:02");
    wires.ip("host", "link", "set", "dev", "taken", "master", "br-lab");
    wires.ip("host", "tuntap", "add", "dev", "tapx", "mode", "tap");
    lab.with(Lab.network(2, Lab.traffic(Uplink.Mode.NONE), false));
    assertRefused("lo", "is 'bridged' to lo, which leads nowhere but to the host itself");
    assertRefused("eth9", "is 'bridged' to interface eth9, and this host has none of that name");
    assertRefused("taken", "is 'bridged' to taken, which is a port of br-lab");
    assertRefused(
        "tapx", "is 'bridged' to tapx, which is a tap: somebody's machine, and no way out");
    assertRefused("fj-lan2", "is 'bridged' to fj-lan2, which is the bridge of switch lan2");
    assertThat(SwitchSteps.of(bridged("lo"), lab.observe()).uplink()).isNull();
    var uplinks = new BridgedUplink(new IpCommand(wires.inside("host")), folder);
    var taken = new InterfaceName("taken");
    var refused =
        catchThrowableOfType(ProblemException.class, () -> uplinks.join("fj-lan2", taken));
    assertThat(refused.problem().summary())
        .isEqualTo("interface taken, to be a port of fj-lan2, is a port of br-lab");
  }

  private void assertRefused(String device, String why) {
    assertThat(SwitchSteps.refusal(bridged(device), lab.observe())).isEqualTo("switch lan1 " + why);
  }

  private void theWorldReachesTheHost() {
    assertThat(lab.wires.pings("world", Lab.HOST)).isTrue();
    assertThat(lab.wires.pings("world", "203.0.113.2")).isTrue();
    assertThat(lab.wires.pings("world", Lab.HOST6)).isTrue();
  }

  /** Every address that the host has on either. */
  private List<String> held() {
    var held = new ArrayList<>(addresses("up0"));
    held.addAll(addresses("fj-lan1"));
    return held;
  }

  private List<String> addresses(String device) {
    var shown = lab.wires.run("host", "ip", "-o", "address", "show", "dev", device).text();
    return shown
        .lines()
        .filter(line -> !line.contains("scope link"))
        .map(line -> line.split(" +", -1)[3])
        .toList();
  }

  private List<String> routes(String device) {
    var routes = new ArrayList<String>();
    for (var version : List.of("-4", "-6")) {
      lab.wires
          .ip("host", version, "route", "show", "dev", device)
          .lines()
          .map(String::strip)
          .filter(line -> !line.startsWith("fe80:"))
          .forEach(routes::add);
    }
    return routes.stream().sorted().toList();
  }

  private String mac(String device) {
    return lab.wires.output("host", "cat", "/sys/class/net/" + device + "/address");
  }
}
