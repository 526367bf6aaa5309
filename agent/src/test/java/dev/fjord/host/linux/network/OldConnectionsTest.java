package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.Destination;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Isolation;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Owner;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which connections a change concerns, and that it concerns no others. */
class OldConnectionsTest {
  private static final List<IpAddress> OWN =
      List.of(Ipv4Address.parse("203.0.113.1"), Ipv6Address.parse("2001:db8:c::1"));
  private static final PortForward UDP = new PortForward(Protocol.UDP, 2201, 7);
  private static final PortForward TCP = new PortForward(Protocol.TCP, 2202, 7);
  private static final Destination WEB = new Destination("203.0.113.9", null, List.of());

  @Test
  void what_did_not_change_concerns_nobody() {
    var filters = filters(lan(Uplink.Mode.NAT, List.of(WEB)), port("linda", 5, UDP, TCP));
    assertThat(OldConnections.lines(filters, true, filters, OWN)).isEmpty();
    assertThat(lines(filters, filters(lan(Uplink.Mode.NAT, null), port("linda", 5, UDP, TCP))))
        .as("more may be reached")
        .isEmpty();
    var none = filters(lan(Uplink.Mode.NAT, null));
    assertThat(lines(none, filters(lan(Uplink.Mode.NAT, null), port("linda", 5, TCP)))).isEmpty();
    assertThat(lines(none, filters(lan(Uplink.Mode.ROUTED, null)))).isEmpty();
  }

  @Test
  void a_port_that_moves_is_forgotten_where_it_led_and_where_it_leads_to_the_host() {
    var nat = lan(Uplink.Mode.NAT, null);
    assertThat(
            lines(
                filters(nat, port("bob", 6), port("linda", 5, UDP)),
                filters(nat, port("bob", 6, UDP), port("linda", 5))))
        .containsExactly(
            "-D -f ipv4 -p udp --orig-port-dst 2201 --dst-nat 192.0.2.37 --reply-port-src 7",
            "-D -f ipv6 -p udp --orig-port-dst 2201 --dst-nat 2001:db8:0:1::5 --reply-port-src 7",
            "-D -f ipv4 -p udp --orig-port-dst 2201 --orig-dst 203.0.113.1 --reply-src"
                + " 203.0.113.1",
            "-D -f ipv6 -p udp --orig-port-dst 2201 --orig-dst 2001:db8:c::1 --reply-src"
                + " 2001:db8:c::1");
    assertThat(lines(filters(nat, port("linda", 5, TCP)), filters(nat, port("linda", 5))))
        .hasSize(2)
        .allMatch(line -> line.contains("-p tcp --orig-port-dst 2202"));
  }

  @Test
  void an_address_that_is_given_up_is_forgotten() {
    var nat = lan(Uplink.Mode.NAT, null);
    assertThat(lines(filters(nat, port("linda", 5)), filters(nat, port("bob", 5))))
        .containsExactly(
            "-D -f ipv4 --orig-src 192.0.2.37",
            "-D -f ipv4 --orig-dst 192.0.2.37",
            "-D -f ipv6 --orig-src 2001:db8:0:1::5",
            "-D -f ipv6 --orig-dst 2001:db8:0:1::5");
  }

  @Test
  void further_addresses_and_blocks_are_forgotten_like_the_first() {
    var nat = lan(Uplink.Mode.NAT, null);
    var linda = port("linda", 5);
    var lease = linda.lease();
    var further = List.of(IpAddress.parse("192.0.2.40"), IpAddress.parse("2001:db8:0:1::40"));
    var more =
        ModelFixtures.filteredPort(
                linda.instance(),
                linda.owner(),
                new Lease(
                    lease.network(),
                    lease.address(),
                    lease.address6(),
                    lease.mac(),
                    lease.tap(),
                    further),
                null,
                List.of())
            .before(
                List.of(IpPrefix.parse("198.51.100.64/28"), IpPrefix.parse("2001:db8:64::1/128")));
    assertThat(lines(filters(nat, linda), filters(nat, more))).isEmpty();
    assertThat(lines(filters(nat, more), filters(nat, linda)))
        .containsExactlyInAnyOrder(
            "-D -f ipv4 --orig-src 192.0.2.40",
            "-D -f ipv4 --orig-dst 192.0.2.40",
            "-D -f ipv6 --orig-src 2001:db8:0:1::40",
            "-D -f ipv6 --orig-dst 2001:db8:0:1::40",
            "-D -f ipv4 --orig-src 198.51.100.64/28",
            "-D -f ipv4 --orig-dst 198.51.100.64/28",
            "-D -f ipv6 --orig-src 2001:db8:64::1",
            "-D -f ipv6 --orig-dst 2001:db8:64::1");
    assertThat(lines(filters(lan(Uplink.Mode.ROUTED, null), more), filters(nat, more)))
        .contains("-D -f ipv4 --orig-src 198.51.100.64/28");
  }

  @Test
  void a_switch_that_lets_less_out_forgets_what_its_guests_began() {
    var open = filters(lan(Uplink.Mode.NAT, null));
    var less = filters(lan(Uplink.Mode.NAT, List.of(WEB)));
    var began =
        List.of("-D -f ipv4 --orig-src 192.0.2.32/27", "-D -f ipv6 --orig-src 2001:db8:0:1::/64");
    assertThat(lines(open, less)).isEqualTo(began);
    assertThat(lines(less, filters(lan(Uplink.Mode.NAT, List.of())))).isEqualTo(began);
    assertThat(lines(filters(lan(Uplink.Mode.ROUTED, null)), open))
        .hasSize(4)
        .containsAll(began)
        .contains("-D -f ipv4 --orig-dst 192.0.2.32/27");
  }

  /**
   * After a boot there is nothing; where tables were away, who sent meanwhile spoke to the host.
   */
  @Test
  void what_was_not_in_force_led_to_the_host() {
    var filters = filters(lan(Uplink.Mode.NAT, null), port("linda", 5, UDP, TCP));
    var meanwhile = OldConnections.lines(filters, false, filters, OWN);
    assertThat(meanwhile).hasSize(2).allMatch(line -> line.contains("--reply-src"));
    assertThat(OldConnections.lines(null, false, filters, OWN)).isEqualTo(meanwhile);
  }

  private static List<String> lines(Filters before, Filters after) {
    return OldConnections.lines(before, true, after, OWN);
  }

  private static Switch lan(Uplink.Mode mode, @Nullable List<Destination> reach) {
    var uplink = new Uplink(mode, null);
    return Lab.network(1, new Traffic(uplink, Isolation.NONE, false, true, reach), false);
  }

  private static Filters filters(Switch network, FilteredPort... ports) {
    return new Filters(new UidRange(61_000, 10), List.of(network), List.of(ports));
  }

  private static FilteredPort port(String name, int number, PortForward... forwards) {
    var lease =
        ModelFixtures.lease(
            Samples.name("lan1"),
            Ipv4Address.parse(Lab.four(1, number)),
            Ipv6Address.parse(Lab.six(1, number)),
            new MacAddress("02:00:00:00:00:0" + number),
            new InterfaceName("tap-" + name));
    return ModelFixtures.filteredPort(
        Samples.name(name), Owner.SITE, lease, null, List.of(forwards));
  }
}
