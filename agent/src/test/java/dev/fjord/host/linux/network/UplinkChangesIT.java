package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.InterfaceName;
import dev.fjord.model.Isolation;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Step;
import dev.fjord.planner.network.SwitchSteps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From each uplink to each other, and back: what the host has follows from the last one alone. */
class UplinkChangesIT {
  private static final List<String> SETTINGS =
      List.of(
          "ipv4/conf/%s/forwarding",
          "ipv4/conf/%s/send_redirects",
          "ipv4/conf/%s/proxy_arp_pvlan",
          "ipv6/conf/%s/disable_ipv6",
          "ipv6/conf/%s/accept_ra",
          "ipv6/conf/%s/autoconf",
          "ipv6/conf/%s/accept_redirects",
          "ipv6/conf/%s/accept_dad",
          "ipv6/conf/%s/proxy_ndp");

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void begin() throws Exception {
    lab = new Lab(folder);
    lab.wires.ip("host", "address", "add", "203.0.113.2/24", "dev", "up0");
    lab.wires.ip(
        "host", "address", "add", "203.0.113.65/27", "dev", "up0", "metric", "70", "noprefixroute");
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
        "50",
        "mtu",
        "1400");
    // Forwarding of the host and of its interface is turned on, and never off.
    var lan = network(Uplink.Mode.ROUTED, SwitchDriver.BRIDGE);
    lab.with(lan);
    lab.links.removeSwitch(new Step.RemoveSwitch(lan.name(), lan.bridge()));
  }

  @AfterEach
  void end() {
    lab.close();
  }

  private static Switch network(Uplink.Mode mode, SwitchDriver driver) {
    var device = mode == Uplink.Mode.NONE ? null : new InterfaceName("up0");
    var traffic = new Traffic(new Uplink(mode, device), Isolation.NONE, false, true, null);
    var lan = Lab.network(1, traffic, false);
    return ModelFixtures.switchOf(
        lan.name(),
        driver,
        lan.bridge(),
        lan.subnet(),
        lan.gateway(),
        lan.ipv6(),
        lan.reserved(),
        lan.pool(),
        lan.traffic(),
        lan.naming());
  }

  private record Way(Uplink.Mode mode, SwitchDriver driver) {
    Switch network() {
      return UplinkChangesIT.network(mode, driver);
    }
  }

  private static List<Way> ways() {
    var ways = new ArrayList<Way>();
    for (var mode : Uplink.Mode.values()) {
      if (mode == Uplink.Mode.EXISTING || mode == Uplink.Mode.INSTANCE) {
        continue; // Nothing of the host's takes part: ExistingBridgeIT, RouterIT.
      }
      for (var driver : SwitchDriver.values()) {
        ways.add(new Way(mode, driver));
      }
    }
    return ways;
  }

  @Test
  void the_host_has_the_same_whichever_way_it_came_there() {
    var alone = host();
    Map<Way, String> directly = new HashMap<>();
    for (var way : ways()) {
      reach(way);
      directly.put(way, host());
      remove();
      assertThat(host()).as("%s, and gone", way).isEqualTo(alone);
    }
    var begin = ways().get(0);
    reach(begin);
    for (var from : ways()) {
      for (var to : ways()) {
        if (!from.equals(to)) {
          reach(from);
          assertThat(host()).as("%s, on the way to %s", from, to).isEqualTo(directly.get(from));
          reach(to);
          assertThat(host()).as("%s to %s", from, to).isEqualTo(directly.get(to));
          reach(from);
          assertThat(host()).as("%s to %s, and back", from, to).isEqualTo(directly.get(from));
        }
      }
    }
    remove();
    assertThat(host()).isEqualTo(alone);
  }

  @Test
  void nobody_but_the_router_answers_for_its_address() throws Exception {
    reach(new Way(Uplink.Mode.NONE, SwitchDriver.BRIDGE));
    lab.wires.ip("world", "address", "add", "192.0.2.40/27", "dev", "w0");
    reach(new Way(Uplink.Mode.BRIDGED, SwitchDriver.BRIDGE));
    assertThat(lab.wires.pings("world", "192.0.2.33")).as("nobody is the router yet").isFalse();
    assertThat(lab.wires.pings("world", Lab.HOST)).isTrue();
    reach(new Way(Uplink.Mode.NAT, SwitchDriver.BRIDGE));
    assertThat(lab.wires.ip("host", "address", "show", "dev", "up0")).doesNotContain("192.0.2.");
  }

  @Test
  void a_host_that_is_the_router_stays_it_and_says_so() {
    lab.wires.ip("host", "address", "add", "192.0.2.33/27", "dev", "up0");
    var way = new Way(Uplink.Mode.BRIDGED, SwitchDriver.BRIDGE);
    reach(way);
    assertThat(lab.wires.ip("host", "address", "show", "dev", "fj-lan1")).contains("192.0.2.33/27");
    assertThat(SwitchSteps.bothRouters(way.network(), lab.observe()))
        .isEqualTo("this host has 192.0.2.33/27, the gateway of switch lan1, on bridge fj-lan1");
    reach(new Way(Uplink.Mode.NONE, SwitchDriver.BRIDGE));
    assertThat(lab.wires.ip("host", "address", "show", "dev", "up0")).contains("192.0.2.33/27");
  }

  /** Between the bridge's end and the next run its document changed. */
  @Test
  void a_bridge_that_somebody_deleted_before_it_changed_cost_no_address() {
    var alone = host();
    reach(new Way(Uplink.Mode.BRIDGED, SwitchDriver.BRIDGE));
    lab.wires.ip("host", "link", "delete", "dev", "fj-lan1");
    reach(new Way(Uplink.Mode.NAT, SwitchDriver.BRIDGE));
    remove();
    assertThat(host()).isEqualTo(alone);
  }

  /** One step, after which there is nothing left to do. */
  private void reach(Way way) {
    lab.with(way.network()).filter();
    assertThat(SwitchSteps.fields(way.network(), lab.observe())).as("%s", way).isEmpty();
  }

  private void remove() {
    var lan = network(Uplink.Mode.NONE, SwitchDriver.BRIDGE);
    lab.links.removeSwitch(new Step.RemoveSwitch(lan.name(), lan.bridge()));
    lab.without(lan).filter();
  }

  /** Addresses, routes, ports of bridges, settings of the bridge, and all of nft(8). */
  private String host() {
    var all = new TreeSet<String>(Comparator.naturalOrder());
    for (var version : List.of("-4", "-6")) {
      lab.wires
          .ip("host", "-o", version, "address", "show")
          .lines()
          .filter(line -> !line.contains(" fe80:"))
          .forEach(line -> all.add(line.replaceFirst("^[0-9]+: ", "")));
      lab.wires
          .ip("host", version, "route", "show", "table", "all")
          .lines()
          .filter(line -> !line.contains("fe80:") && !line.contains("ff00:"))
          .map(line -> line.replaceAll(" linkdown|( +$)", ""))
          .forEach(all::add);
    }
    lab.wires
        .ip("host", "-o", "link", "show")
        .lines()
        .map(line -> line.replaceFirst("^[0-9]+: ", "").replaceAll("@if[0-9]+", ""))
        .map(line -> line.replaceAll("(<.*>|state [A-Z]+|qlen [0-9]+|link-netns [^ ]+)", ""))
        .forEach(all::add);
    for (var setting : SETTINGS) {
      for (var device : List.of("fj-lan1", "up0")) {
        var value = lab.wires.run("host", "cat", "/proc/sys/net/" + setting.formatted(device));
        all.add(setting.formatted(device) + " " + value.text().strip());
      }
    }
    all.add(lab.wires.output("host", "nft", "-s", "list", "ruleset"));
    return String.join("\n", all);
  }
}
