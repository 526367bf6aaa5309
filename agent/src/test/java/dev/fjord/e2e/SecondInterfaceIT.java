package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A machine with two interfaces, and a world that comes in by a port of the host to either. */
class SecondInterfaceIT {
  private static final String BEYOND = "fjord-2nd-" + ProcessHandle.current().pid();
  private static World world;

  @BeforeAll
  static void linda_runs_on_a_host_with_a_world() throws Exception {
    world = World.ofLindaAndBob();
    Command.of("ip", "netns", "add", BEYOND).output();
    beyond("ip", "link", "add", "name", "w0", "type", "veth", "peer", "name", "up0").output();
    beyond("ip", "link", "set", "dev", "up0", "netns", world.folder.getFileName().toString())
        .output();
    beyond("ip", "link", "set", "dev", "w0", "up").output();
    beyond("ip", "address", "add", "203.0.113.9/24", "dev", "w0").output();
    world.inside("ip", "address", "add", "203.0.113.1/24", "dev", "up0").output();
    world.inside("ip", "link", "set", "dev", "up0", "up").output();
    world.inside("ip", "route", "add", "default", "via", "203.0.113.9").output();
  }

  @AfterAll
  static void end() {
    Command.of("ip", "netns", "delete", BEYOND).run();
    if (world != null) {
      world.close();
    }
  }

  @Test
  void a_port_leads_to_either_interface_and_the_document_chooses_the_way_out() throws Exception {
    network("lan", "192.0.2.0/27");
    network("dmz", "198.51.100.0/27");
    world.site.write(
        "partners/linda.yaml",
        world.site.partner("linda").replace("addresses: 4", "addresses: 4, ports: 2200-2209"));
    world.site.write(linda("", ""));
    world.site.push("Two interfaces");
    world.settles();
    assertThat(route()).contains("via 192.0.2.1 ");
    assertThatBothAnswer();

    // The way out by the other one: a restart, and nothing else changes.
    world.site.write(linda("", ", defaultRoute: true"));
    world.site.push("The other way out");
    assertThat(world.plan().text()).contains("network.1.gateway");
    world.settles();
    assertThat(route()).contains("via 198.51.100.1 ");
    assertThatBothAnswer();
    assertThat(world.settles().changes()).isEmpty();

    world.site.write(linda(", defaultRoute: true", ", defaultRoute: true"));
    world.site.push("Both");
    assertThat(world.apply().text()).contains("another interface has the default route");
  }

  private static Machine linda(String first, String second) {
    return LINDA.with(
        "network",
        "[{switch: lan, address: 192.0.2.5, ports: [{host: 2201, guest: 22}]%s}, {switch: dmz, ports: [{host: 2202, guest: 22}]%s}]"
            .formatted(first, second));
  }

  private static void network(String name, String subnet) throws Exception {
    world.site.write(
        "switches/" + name + ".yaml",
        Site.document("Switch", name, "  subnet: " + subnet + "\n  uplink: nat\n"));
  }

  private static void assertThatBothAnswer() {
    for (var port : List.of("2201", "2202")) {
      var greeted =
          beyond("bash", "-c", "read -t 20 line </dev/tcp/203.0.113.1/" + port + "; echo $line");
      assertThat(greeted.run().text()).as("port " + port).startsWith("SSH-2.0-");
    }
    world.settles();
    assertThat(world.instance("linda").path("spoofAttempts").asLong(-1)).isZero();
  }

  private static String route() {
    return world.guest("linda", "ip route show default");
  }

  private static Command beyond(String... words) {
    return Command.of(
        Stream.concat(Stream.of("ip", "netns", "exec", BEYOND), Stream.of(words)).toList());
  }
}
