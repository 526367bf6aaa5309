package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Isolation;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import dev.fjord.planner.network.SwitchSteps;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An uplink that carries less than others: the world sends 1500 bytes, and up0 takes 1400. */
class MtuIT {
  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void begin() {
    lab = new Lab(folder);
    assumeTrue(Samples.isInstalled("ethtool"), "ethtool is missing");
    lab.wires.ip("host", "link", "set", "dev", "up0", "mtu", "1400");
    // A wire carries whole segments of up to 64 KiB, whatever its MTU, unless it is told not to.
    small("world", "w0");
    small("host", "up0");
  }

  @AfterEach
  void end() {
    lab.close();
  }

  private void small(String where, String device) {
    lab.wires.output(
        where, "ethtool", "-K", device, "tso", "off", "gso", "off", "gro", "off", "sg", "off");
  }

  private static Switch network(Uplink.Mode mode) {
    var traffic =
        new Traffic(new Uplink(mode, new InterfaceName("up0")), Isolation.NONE, false, true, null);
    return Lab.network(1, traffic, false);
  }

  @Test
  void a_bridge_carries_what_its_uplink_does_and_follows_it() {
    var lan = network(Uplink.Mode.BRIDGED);
    lab.with(lan);
    assertThat(mtu("fj-lan1")).isEqualTo("1400");
    assertThat(SwitchSteps.fields(lan, lab.observe())).isEmpty();
    lab.wires.ip("host", "link", "set", "dev", "fj-lan1", "mtu", "1500");
    assertThat(SwitchSteps.fields(lan, lab.observe()))
        .hasToString("[FieldChange[path=mtu, from=1500, to=1400]]");
    lab.wires.ip("host", "link", "set", "dev", "up0", "mtu", "1300");
    lab.with(lan);
    assertThat(mtu("fj-lan1")).isEqualTo("1300");
    assertThat(mtu("up0")).as("it is not fjord's").isEqualTo("1300");
    lab.with(network(Uplink.Mode.NAT));
    assertThat(mtu("fj-lan1")).as("its own again").isEqualTo("1500");
  }

  @Test
  void what_is_named_is_held_to_what_the_uplink_carries() {
    var lan = network(Uplink.Mode.BRIDGED);
    assertThat(SwitchSteps.of(lan.with(1280), lab.observe()).mtu()).isEqualTo(1280);
    assertThat(SwitchSteps.of(lan.with(9000), lab.observe()).mtu()).isEqualTo(1400);
    assertThat(SwitchSteps.of(network(Uplink.Mode.NAT).with(9000), lab.observe()).mtu())
        .as("the host cuts, or tells")
        .isEqualTo(9000);
  }

  @Test
  void tcp_through_the_host_sends_what_fits() throws Exception {
    var lan = network(Uplink.Mode.NAT);
    lab.with(lan).guest("linda", lan, 5, null, new PortForward(Protocol.TCP, 2201, 22));
    small("linda", "eth0");
    lab.wires.listen("world", 80);
    lab.filter();
    for (var host : List.of(Lab.HOST, Lab.HOST6)) {
      assertThat(lab.wires.send("world", host, 2201)).as("to the guest by %s", host).isPositive();
    }
    for (var world : List.of(Lab.WORLD, Lab.WORLD6)) {
      assertThat(lab.wires.send("linda", world, 80)).as("from it to %s", world).isPositive();
    }
  }

  private String mtu(String device) {
    return lab.wires.output("host", "cat", "/sys/class/net/" + device + "/mtu");
  }
}
