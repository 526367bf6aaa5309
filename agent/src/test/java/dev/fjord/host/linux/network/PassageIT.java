package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Destination;
import dev.fjord.model.Isolation;
import dev.fjord.model.PortForward;
import dev.fjord.model.PortRange;
import dev.fjord.model.Protocol;
import dev.fjord.model.Rate;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Step;
import dev.fjord.planner.network.SwitchSteps;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What passes between guests, a host and the world: namespaces, real filters, real sockets. */
class PassageIT {
  private static final String NOTHING = "nothing";
  private static final PortForward FORWARD = new PortForward(Protocol.TCP, 2201, 22);
  private static final PortForward DATAGRAMS = new PortForward(Protocol.UDP, 2201, 22);

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void begin() throws Exception {
    lab = new Lab(folder);
    lab.wires.listen("world", 80);
    lab.wires.listen("host", 8080);
  }

  @AfterEach
  void end() {
    lab.close();
  }

  private static Traffic honeypot(@Nullable List<Destination> reach) {
    return new Traffic(new Uplink(Uplink.Mode.NAT, null), Isolation.NONE, false, true, reach);
  }

  private void theWorldKnowsTheWay() {
    lab.wires.ip("world", "route", "add", "192.0.2.0/24", "via", Lab.HOST);
    lab.wires.ip("world", "-6", "route", "add", "2001:db8::/56", "via", Lab.HOST6);
  }

  @Test
  void a_routed_switch_is_reached_both_ways_under_its_own_addresses() throws Exception {
    theWorldKnowsTheWay();
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.ROUTED), false);
    lab.with(lan).guest("linda", lan, 5, null);
    lab.filter();
    assertThat(reach("linda", Lab.WORLD, 80)).isEqualTo(Lab.four(1, 5));
    assertThat(reach("linda", Lab.WORLD6, 80)).isEqualTo(Lab.six(1, 5));
    assertThat(reach("world", Lab.four(1, 5), 22)).isEqualTo(Lab.WORLD);
    assertThat(reach("world", Lab.six(1, 5), 22)).isEqualTo(Lab.WORLD6);
    assertThat(lab.sysctl("ipv4/ip_forward")).as("of every interface").isEqualTo("0");
    assertThat(lab.sysctl("ipv4/conf/up0/forwarding")).isEqualTo("1");
    assertThat(lab.sysctl("ipv4/conf/fj-lan1/send_redirects")).isEqualTo("0");
    assertThat(lab.sysctl("ipv6/conf/up0/accept_ra"))
        .as("or the host would lose the default route that it is told")
        .isEqualTo("2");
    assertThat(SwitchSteps.fields(lan, lab.observe())).isEmpty();
  }

  @Test
  void behind_nat_guests_go_out_under_the_hosts_address_and_nobody_comes_in() throws Exception {
    theWorldKnowsTheWay();
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false);
    lab.with(lan).guest("linda", lan, 5, null);
    lab.filter();
    assertThat(reach("linda", Lab.WORLD, 80)).isEqualTo(Lab.HOST);
    assertThat(reach("linda", Lab.WORLD6, 80)).isEqualTo(Lab.HOST6);
    assertThat(lab.wires.pings("linda", Lab.WORLD)).isTrue();
    assertThat(ask("world", Lab.four(1, 5), 22)).isEqualTo(NOTHING);
    assertThat(ask("world", Lab.six(1, 5), 22)).isEqualTo(NOTHING);
    assertThat(lab.wires.pings("world", Lab.four(1, 5))).isFalse();
    assertThat(reach("host", Lab.four(1, 5), 22)).isEqualTo("192.0.2.33");
  }

  @Test
  void a_forwarded_port_leads_to_the_guest_from_everywhere() throws Exception {
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false);
    lab.with(lan).guest("linda", lan, 5, null, FORWARD, DATAGRAMS);
    lab.guest("bob", lan, 6, null);
    lab.filter();
    assertThat(reach("world", Lab.HOST, 2201)).as("from the world").isEqualTo(Lab.WORLD);
    assertThat(reach("world", Lab.HOST6, 2201)).isEqualTo(Lab.WORLD6);
    assertThat(reach("host", Lab.HOST, 2201)).as("from the host itself").isEqualTo(Lab.HOST);
    assertThat(reach("bob", Lab.HOST, 2201)).as("from a neighbour").isEqualTo("192.0.2.33");
    assertThat(reach("linda", Lab.HOST, 2201)).as("from itself").isEqualTo("192.0.2.33");
    assertThat(reach("bob", Lab.HOST6, 2201)).isEqualTo(Lab.six(1, 1));
    assertThat(lab.wires.ask("world", "udp", Lab.HOST, 2201, "-", "-")).isEqualTo(Lab.WORLD);
    assertThat(reach("world", Lab.HOST, 8080)).as("the host's own").isEqualTo(Lab.WORLD);
    assertThat(ask("host", "127.0.0.1", 2201)).as("what is private").isEqualTo(NOTHING);
  }

  @Test
  void a_port_leads_to_an_interface_without_the_default_route_too() throws Exception {
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false);
    lab.with(lan).guest("linda", lan, 5, null, FORWARD);
    lab.guest("bob", lan, 6, null);
    lab.beside("linda").filter();
    assertThat(reach("world", Lab.HOST, 2201)).as("from the world").isEqualTo(Lab.four(1, 1));
    assertThat(reach("world", Lab.HOST6, 2201)).isEqualTo(Lab.six(1, 1));
    assertThat(reach("host", Lab.HOST, 2201)).as("from the host itself").isEqualTo(Lab.four(1, 1));
    assertThat(reach("bob", Lab.HOST, 2201)).as("from a neighbour").isEqualTo(Lab.four(1, 1));
    assertThat(reach("bob", Lab.four(1, 5), 22)).as("past the host").isEqualTo(Lab.four(1, 6));
  }

  @Test
  void a_closed_switch_reaches_the_host_and_nothing_else() throws Exception {
    theWorldKnowsTheWay();
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.NONE), false);
    var open = Lab.network(2, Lab.traffic(Uplink.Mode.ROUTED), false);
    lab.with(lan).with(open).guest("linda", lan, 5, null);
    lab.guest("bob", open, 6, null);
    lab.wires.run("host", "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
    lab.filter();
    assertThat(reach("linda", Lab.HOST, 8080)).isEqualTo(Lab.four(1, 5));
    assertThat(ask("linda", Lab.WORLD, 80)).isEqualTo(NOTHING);
    assertThat(ask("world", Lab.four(1, 5), 22)).isEqualTo(NOTHING);
    assertThat(ask("linda", Lab.four(2, 6), 22)).isEqualTo(NOTHING);
    assertThat(ask("bob", Lab.four(1, 5), 22)).isEqualTo(NOTHING);
    assertThat(ask("bob", Lab.six(1, 5), 22)).isEqualTo(NOTHING);
    assertThat(reach("bob", Lab.WORLD, 80)).isEqualTo(Lab.four(2, 6));
    assertThat(SwitchSteps.fields(lan, lab.observe()))
        .as("somebody turned forwarding on everywhere")
        .hasToString("[FieldChange[path=net.ipv4.conf.fj-lan1.forwarding, from=1, to=0]]");
  }

  @Test
  void switches_reach_each_other_under_their_own_addresses() throws Exception {
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false);
    var other = Lab.network(2, Lab.traffic(Uplink.Mode.NAT), false);
    lab.with(lan).with(other).guest("linda", lan, 5, null);
    lab.guest("bob", other, 6, null);
    lab.filter();
    assertThat(reach("linda", Lab.four(2, 6), 22)).isEqualTo(Lab.four(1, 5));
    assertThat(reach("bob", Lab.six(1, 5), 22)).isEqualTo(Lab.six(2, 6));
  }

  @Test
  void a_honeypot_reaches_nothing_and_is_reached() throws Exception {
    theWorldKnowsTheWay();
    var pot = Lab.network(1, honeypot(List.of()), true);
    var lan = Lab.network(2, Lab.traffic(Uplink.Mode.ROUTED), false);
    lab.with(pot).with(lan).guest("fly", pot, 5, null, FORWARD);
    lab.guest("trap", pot, 6, null);
    lab.guest("linda", lan, 7, null);
    lab.wires.listen("host", 53);
    lab.filter();
    for (var to : List.of(Lab.WORLD, Lab.WORLD6)) {
      assertThat(ask("fly", to, 80)).isEqualTo(NOTHING);
      assertThat(lab.wires.pings("fly", to)).isFalse();
    }
    for (var to : List.of(Lab.HOST, Lab.HOST6, "192.0.2.33", Lab.six(1, 1))) {
      assertThat(ask("fly", to, 8080)).as("the host's %s", to).isEqualTo(NOTHING);
    }
    assertThat(lab.wires.pings("fly", "192.0.2.33")).isFalse();
    assertThat(ask("fly", Lab.four(2, 7), 22)).as("another switch").isEqualTo(NOTHING);
    assertThat(reach("fly", Lab.four(1, 6), 22)).as("its own").isEqualTo(Lab.four(1, 5));
    assertThat(reach("fly", "192.0.2.33", 53)).as("names").isEqualTo(Lab.four(1, 5));
    assertThat(reach("fly", Lab.six(1, 1), 53)).isEqualTo(Lab.six(1, 5));
    assertThat(ask("fly", Lab.HOST, 53)).as("another of the host's addresses").isEqualTo(NOTHING);
    assertThat(reach("world", Lab.HOST, 2201)).as("who is attracted").isEqualTo(Lab.WORLD);
    assertThat(lab.wires.pings("host", Lab.four(1, 5))).as("is it alive").isTrue();
    assertThat(lab.wires.pings("host", Lab.six(1, 5))).isTrue();
  }

  @Test
  void a_honeypot_reaches_what_is_listed() throws Exception {
    lab.wires.listen("world", 81);
    var web = new Destination(Lab.WORLD, Protocol.TCP, List.of(new PortRange(80, 80)));
    var web6 = new Destination("2001:db8:c::/64", null, List.of());
    var pot = Lab.network(1, honeypot(List.of(web, web6)), false);
    lab.with(pot).guest("fly", pot, 5, null);
    lab.filter();
    assertThat(reach("fly", Lab.WORLD, 80)).isEqualTo(Lab.HOST);
    assertThat(ask("fly", Lab.WORLD, 81)).isEqualTo(NOTHING);
    assertThat(lab.wires.ask("fly", "udp", Lab.WORLD, 80, "-", "-")).isEqualTo(NOTHING);
    assertThat(reach("fly", Lab.WORLD6, 81)).isEqualTo(Lab.HOST6);
    assertThat(ask("fly", Lab.HOST, 8080)).isEqualTo(NOTHING);
    assertThat(reach("fly", Lab.HOST6, 8080)).as("listed, too").isEqualTo(Lab.six(1, 5));
  }

  @Test
  void those_who_are_kept_apart_meet_through_the_host_where_it_says_so() throws Exception {
    var lan = isolated(false);
    lab.with(lan).guest("linda", lan, 5, null);
    lab.guest("bob", lan, 6, null, FORWARD);
    lab.filter();
    assertThat(ask("linda", Lab.four(1, 6), 22)).isEqualTo(NOTHING);
    lab.wires.ip("linda", "route", "add", Lab.four(1, 6) + "/32", "via", "192.0.2.33");
    lab.wires.ip("linda", "-6", "route", "add", Lab.six(1, 6) + "/128", "via", Lab.six(1, 1));
    assertThat(ask("linda", Lab.four(1, 6), 22)).as("by a route of its own").isEqualTo(NOTHING);
    assertThat(ask("linda", Lab.six(1, 6), 22)).isEqualTo(NOTHING);
    assertThat(reach("linda", Lab.HOST, 2201)).as("shown to everybody").isEqualTo("192.0.2.33");
    lab.wires.ip("linda", "route", "delete", Lab.four(1, 6) + "/32", "via", "192.0.2.33");
    lab.wires.ip("linda", "-6", "route", "delete", Lab.six(1, 6) + "/128");

    lab.with(isolated(true)).filter();
    for (var number : List.of(5, 6)) {
      lab.wires.ip("host", "neighbour", "add", "proxy", Lab.six(1, number), "dev", "fj-lan1");
      for (var guest : List.of("linda", "bob")) {
        lab.wires.ip(guest, "neighbour", "flush", "all");
      }
    }
    assertThat(reach("linda", Lab.four(1, 6), 22)).isEqualTo(Lab.four(1, 5));
    assertThat(reach("bob", Lab.four(1, 5), 22)).isEqualTo(Lab.four(1, 6));
    assertThat(reach("linda", Lab.six(1, 6), 22)).isEqualTo(Lab.six(1, 5));
    lab.wires.ip("linda", "address", "delete", Lab.six(1, 5) + "/64", "dev", "eth0");
    lab.wires.ip("linda", "address", "add", Lab.six(1, 5) + "/64", "dev", "eth0");
    Thread.sleep(2_500); // Duplicate address detection takes a second and a random one.
    assertThat(lab.wires.ip("linda", "-6", "address", "show", "dev", "eth0"))
        .contains(Lab.six(1, 5))
        .doesNotContain("dadfailed");
  }

  private static Switch isolated(boolean throughHost) {
    var uplink = new Uplink(Uplink.Mode.NAT, null);
    return Lab.network(1, new Traffic(uplink, Isolation.ALL, throughHost, true, null), false);
  }

  @Test
  void nobody_outside_has_a_guests_address() throws Exception {
    theWorldKnowsTheWay();
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.ROUTED), false);
    lab.with(lan).guest("linda", lan, 5, null);
    lab.wires.run("host", "sh", "-c", "echo 0 | tee /proc/sys/net/ipv4/conf/*/rp_filter");
    lab.filter();
    lab.wires.ip("world", "address", "add", Lab.four(1, 9) + "/32", "dev", "w0");
    var before = dropped("sources");
    assertThat(lab.wires.ask("world", "udp", Lab.HOST, 8080, Lab.four(1, 9), "-"))
        .isEqualTo(NOTHING);
    assertThat(lab.wires.ask("world", "udp", Lab.four(1, 5), 22, Lab.four(1, 9), "-"))
        .isEqualTo(NOTHING);
    assertThat(dropped("sources")).isGreaterThanOrEqualTo(before + 2);
  }

  @Test
  void a_kernels_user_opens_no_connection() throws Exception {
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.NONE), false);
    lab.with(lan).guest("linda", lan, 5, null);
    lab.filter();
    var uid = Integer.toString(Lab.FIRST_UID + 3);
    for (var to : List.of("127.0.0.1", "::1", Lab.HOST)) {
      assertThat(lab.wires.ask("host", "tcp", to, 8080, "-", uid)).isEqualTo(NOTHING);
      assertThat(lab.wires.ask("host", "udp", to, 8080, "-", uid)).isEqualTo(NOTHING);
      assertThat(lab.wires.ask("host", "tcp", to, 8080, "-", "65534")).isNotEqualTo(NOTHING);
    }
    assertThat(dropped("output")).isPositive();
  }

  @Test
  void the_table_is_set_twice_and_told_as_it_was_made() throws Exception {
    var lan = Lab.network(1, honeypot(List.of()), true);
    lab.with(lan).guest("linda", lan, 5, null, FORWARD);
    lab.filter().filter();
    assertThat(lab.tables.observe().inForce()).isEqualTo(lab.filters());
    ask("linda", Lab.WORLD, 80);
    assertThat(lab.tables.observe().inForce()).as("counters are no drift").isNotNull();
    lab.wires.output("host", "nft", "flush", "chain", "inet", "fjord", "forward");
    assertThat(lab.tables.observe().inForce()).isNull();
  }

  @Test
  void br_netfilter_changes_nothing_for_neighbours_and_the_world() throws Exception {
    lab.seesFrames(true);
    theWorldKnowsTheWay();
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false);
    var none = new Uplink(Uplink.Mode.NONE, null);
    var apart = new Traffic(none, Isolation.PARTNERS, false, true, null);
    var shared = Lab.network(2, apart, false);
    lab.with(lan).with(shared).guest("linda", lan, 5, null, FORWARD);
    lab.guest("bob", lan, 6, null);
    lab.guest("eve", shared, 7, null);
    lab.guest("adam", shared, 8, null);
    lab.filter();
    assertThat(reach("bob", Lab.four(1, 5), 22)).isEqualTo(Lab.four(1, 6));
    assertThat(reach("bob", Lab.six(1, 5), 22)).isEqualTo(Lab.six(1, 6));
    assertThat(reach("eve", Lab.four(2, 8), 22)).as("of one owner").isEqualTo(Lab.four(2, 7));
    assertThat(reach("bob", Lab.WORLD, 80)).isEqualTo(Lab.HOST);
    assertThat(reach("world", Lab.HOST, 2201)).isEqualTo(Lab.WORLD);
    assertThat(ask("world", Lab.four(1, 5), 22)).isEqualTo(NOTHING);
  }

  @Test
  void a_rate_holds_what_goes_to_a_guest_and_what_comes_from_it() throws Exception {
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.NAT), false);
    var rate = Rate.parse("8Mbit");
    lab.with(lan);
    var port = lab.guest("linda", lan, 5, null);
    var limited = new Step.Port(port.tap(), port.bridge(), port.lease(), rate, true, false);
    lab.filter();
    var limits = new TokenBuckets(new IpCommand(lab.wires.inside("host")));
    limits.set(List.of(port));
    var free = lab.wires.send("host", Lab.four(1, 5), 22);
    var freeBack = lab.wires.send("linda", Lab.WORLD, 80);

    lab.rate("linda", rate);
    limits.set(List.of(limited));
    assertThat(limits.observe()).containsExactly(Map.entry("tap-linda", rate));
    var held = lab.wires.send("host", Lab.four(1, 5), 22);
    var heldBack = lab.wires.send("linda", Lab.WORLD, 80);
    // A wire gives hundreds of times more; both are measured in one run, generously compared.
    assertThat(free / held).as("to the guest: %s and %s bit/s", free, held).isGreaterThan(3);
    assertThat(freeBack / heldBack)
        .as("from it: %s and %s bit/s", freeBack, heldBack)
        .isGreaterThan(3);
    assertThat(held).as("to the guest, still").isGreaterThan(200_000);
    assertThat(heldBack).as("from it, still").isGreaterThan(200_000);

    lab.wires.output("host", "tc", "qdisc", "delete", "dev", "tap-linda", "root");
    assertThat(limits.observe()).isEmpty();
    limits.set(List.of(limited));
    assertThat(limits.observe()).hasSize(1);
    limits.set(List.of(port));
    assertThat(limits.observe()).isEmpty();
  }

  @Test
  void a_host_without_a_default_route_says_so() {
    lab.wires.ip("host", "route", "delete", "default");
    lab.wires.ip("host", "-6", "route", "delete", "default");
    var lan = Lab.network(1, Lab.traffic(Uplink.Mode.ROUTED), false);
    assertThat(SwitchSteps.refusal(lan, lab.observe()))
        .isEqualTo("switch lan1 is 'routed', and this host has no default route to leave by");
    lab.with(lan);
    assertThat(SwitchSteps.fields(lan, lab.observe())).isEmpty();
  }

  /** A host answers ARP for somebody else after a random delay: one try may be too few. */
  private String reach(String from, String to, int port) {
    String answer = NOTHING;
    for (int i = 0; i < 5 && answer.equals(NOTHING); i++) {
      answer = ask(from, to, port);
    }
    return answer;
  }

  private String ask(String from, String to, int port) {
    return lab.wires.ask(from, to, port);
  }

  private long dropped(String chain) {
    return lab.wires
        .output("host", "nft", "list", "chain", "inet", "fjord", chain)
        .lines()
        .filter(line -> line.contains("packets "))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*packets ([0-9]+) .*", "$1")))
        .sum();
  }
}
