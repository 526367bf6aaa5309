package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.Isolation;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who goes on sending while filters change: real namespaces, real connection tracking. */
class OldConnectionsIT {
  private static final PortForward UDP = new PortForward(Protocol.UDP, 2201, 7);
  private static final PortForward TCP = new PortForward(Protocol.TCP, 2201, 7);
  private static final PortForward OTHER = new PortForward(Protocol.TCP, 2202, 7);

  @TempDir Path folder;
  private Lab lab;
  private Switch lan;

  @BeforeEach
  void begin() throws Exception {
    assumeTrue(Samples.isInstalled("conntrack"), "conntrack is missing");
    lab = new Lab(folder);
    lan = Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false);
    lab.with(lan);
    for (var name : List.of("linda", "bob")) {
      lab.guest(name, lan, name.equals("linda") ? 5 : 6, null);
      lab.wires.name(name, 7);
    }
    lab.filter();
  }

  @AfterEach
  void end() {
    lab.close();
  }

  @Test
  void a_port_that_moves_takes_along_who_goes_on_sending() throws Exception {
    lab.forward("linda", UDP, TCP);
    lab.filter();
    for (var host : List.of(Lab.HOST, Lab.HOST6)) {
      lab.wires.talk("world", "udp", host, 2201, 0).hears("linda");
    }
    var four = lab.wires.talk("world", "udp", Lab.HOST, 2201, 0);
    var six = lab.wires.talk("world", "udp", Lab.HOST6, 2201, 0);
    var tcp = lab.wires.talk("world", "tcp", Lab.HOST, 2201, 600);
    four.hears("linda");
    six.hears("linda");
    tcp.hears("linda");

    lab.forward("linda");
    lab.forward("bob", UDP, TCP);
    lab.filter();

    four.hears("bob");
    six.hears("bob");
    tcp.hears("ended");
    lab.wires.talk("world", "tcp", Lab.HOST, 2201, 600).hears("bob");
  }

  @Test
  void a_port_that_is_new_is_heard_of_by_who_sends_already() throws Exception {
    var four = lab.wires.talk("world", "udp", Lab.HOST, 2201, 0);
    var six = lab.wires.talk("world", "udp", Lab.HOST6, 2201, 0);
    four.hears("nothing");
    six.hears("nothing");
    lab.forward("linda", UDP);
    lab.filter();
    four.hears("linda");
    six.hears("linda");
  }

  /**
   * Who sent meanwhile was taken for one who speaks to the host, which translates others' ports.
   */
  @Test
  void tables_that_were_away_are_heard_of_by_who_sends_already() throws Exception {
    lab.forward("linda", UDP);
    lab.filter();
    lab.wires.output("host", "nft", "add table inet own");
    lab.wires.output(
        "host", "nft", "add chain inet own nat { type nat hook prerouting priority dstnat ; }");
    lab.wires.output("host", "nft", "add rule inet own nat tcp dport 1 dnat ip to 203.0.113.9");
    lab.wires.output("host", "nft", "delete", "table", "inet", "fjord");
    var talker = lab.wires.talk("world", "udp", Lab.HOST, 2201, 0);
    talker.hears("nothing");
    lab.filter();
    talker.hears("linda");
  }

  @Test
  void a_port_that_is_withdrawn_ends_its_connections_and_nobody_elses() throws Exception {
    lab.forward("linda", TCP, UDP);
    lab.forward("bob", OTHER);
    lab.filter();
    var linda = lab.wires.talk("world", "tcp", Lab.HOST, 2201, 600);
    var datagrams = lab.wires.talk("world", "udp", Lab.HOST, 2201, 0);
    var bob = lab.wires.talk("world", "tcp", Lab.HOST, 2202, 600);
    var host = lab.wires.talk("host", "tcp", Lab.four(1, 6), 7, 600);
    linda.hears("linda");
    datagrams.hears("linda");
    bob.hears("bob");
    host.hears("bob");
    var others = known("2202");

    lab.forward("linda");
    lab.filter();

    linda.hears("ended");
    datagrams.hears("nothing");
    assertThat(bob.next()).isEqualTo("bob");
    assertThat(host.next()).isEqualTo("bob");
    assertThat(known("2202")).as("it was never forgotten").isEqualTo(others);
  }

  @Test
  void a_honeypot_that_reaches_less_keeps_nothing_that_it_began() throws Exception {
    lab.wires.name("world", 80);
    lab.forward("linda", TCP);
    lab.filter();
    var fly = lab.wires.talk("linda", "tcp", Lab.WORLD, 80, 5);
    var neighbour = lab.wires.talk("world", "tcp", Lab.HOST, 2201, 600);
    fly.hears("world");
    neighbour.hears("linda");

    var nat = new Uplink(Uplink.Mode.NAT, null);
    lab.with(Lab.network(1, new Traffic(nat, Isolation.NONE, false, true, List.of()), false));
    lab.filter();

    fly.hears("ended");
    assertThat(neighbour.next()).as("who was attracted").isEqualTo("linda");
  }

  @Test
  void who_sends_already_is_hidden_once_the_switch_hides_its_guests() throws Exception {
    lab.wires.listen("world", 80);
    lab.wires.ip("world", "route", "add", "192.0.2.0/24", "via", Lab.HOST);
    lab.with(Lab.network(1, Lab.traffic(Uplink.Mode.ROUTED), false)).filter();
    var out = lab.wires.talk("linda", "udp", Lab.WORLD, 80, 0);
    out.hears(Lab.four(1, 5));
    var in = lab.wires.talk("world", "tcp", Lab.four(1, 6), 7, 5);
    in.hears("bob");
    lab.with(lan).filter();
    out.hears(Lab.HOST);
    in.hears("ended");
  }

  @Test
  void that_it_cannot_be_done_is_told_and_the_tables_are_set() {
    lab.forward("linda", UDP);
    var conntrack = new Conntrack(List.of("false"));
    assertThat(conntrack.forget(List.of())).as("nothing to forget").isNull();
    var kept = conntrack.forget(List.of("-D -f ipv4 -p udp --orig-port-dst 2201"));
    assertThat(kept.code()).isEqualTo("connections-kept");
    var missing = new Conntrack(List.of("no-such-program")).forget(List.of("-D"));
    assertThat(missing.detail()).contains("no-such-program");
    var real = new Conntrack(lab.wires.inside("host"));
    assertThat(real.forget(List.of("-D -f ipv4 -p udp --orig-port-dst 9"))).isNull();
    assertThat(real.forget(List.of("-D --no-such-word")).detail()).contains("no-such-word");
  }

  /** What the host's kernel knows of connections to one of its ports, with their numbers. */
  private List<String> known(String port) {
    return lab.wires
        .output("host", "conntrack", "-L", "-o", "id", "-p", "tcp", "--orig-port-dst", port)
        .lines()
        .map(line -> line.replaceAll(".*( id=[0-9]+).*", "$1"))
        .toList();
  }
}
