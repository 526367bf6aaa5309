package dev.fjord.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv6AddressTest {
  @ParameterizedTest
  @CsvSource({
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "2001:DB8:0:0:0:0:0:5, 2001:db8::5",
    "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "0001:0002::0008, 1:2::8",
  })
  void is_written_as_rfc_5952_wants_it(String text, String canonical) {
    assertThat(Ipv6Address.parse(text)).hasToString(canonical);
    assertThat(Ipv6Address.parse(canonical)).isEqualTo(Ipv6Address.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":::",
        "1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "12345::",
        "g::",
        "::ffff:192.0.2.1",
        "fe80::1%eth0",
        "1:2:3:4:5:6:7:8::",
        ":1::2",
        "1:",
        " ::1"
      })
  void nothing_else_is_one(String text) {
    assertThatThrownBy(() -> Ipv6Address.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not an IPv6 address such as 2001:db8::5");
  }

  @Test
  void agrees_with_the_jdk() throws Exception {
    var random = new Random(6);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[16];
      for (int at = 0; at < 16; at++) {
        bytes[at] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
      }
      bytes[0] = 0x20;
      var jdk = Inet6Address.getByAddress(bytes);
      var ours = Ipv6Address.parse(jdk.getHostAddress());
      assertThat(InetAddress.getByName(ours.toString())).isEqualTo(jdk);
    }
  }

  @Test
  void the_link_s_address_is_made_of_the_ethernet_address() {
    assertThat(Ipv6Address.linkLocal(new MacAddress("02:a0:2f:fb:05:6a")))
        .hasToString("fe80::a0:2fff:fefb:56a");
    assertThat(Ipv6Address.linkLocal(new MacAddress("02:ff:00:00:00:01")))
        .hasToString("fe80::ff:ff:fe00:1");
  }

  @Test
  void prefixes_and_order() {
    assertThat(Ipv6Address.parse("2001:db8::").isPrefix(32)).isTrue();
    assertThat(Ipv6Address.parse("2001:db8::").isPrefix(28)).isFalse();
    assertThat(Ipv6Address.parse("2001:db8::1").isPrefix(127)).isFalse();
    assertThat(Ipv6Address.parse("2001:db8::1").isPrefix(128)).isTrue();
    assertThat(Ipv6Address.parse("::").isPrefix(0)).isTrue();
    assertThat(Ipv6Address.parse("2001:db8::ffff:ffff:ffff:ffff").next())
        .hasToString("2001:db8:0:1::");
    assertThat(Ipv6Address.parse("ffff::")).isGreaterThan(Ipv6Address.parse("1::"));
  }

  @Test
  void a_subnet_of_96_bits_leaves_32() {
    var network = Ipv6Address.parse("2001:db8:0:0:1:1::");
    var subnet = new Ipv6Subnet(network, 96, network.next());
    assertThat(subnet.isWithoutHostBits()).isTrue();
    assertThat(subnet.contains(Ipv6Address.parse("2001:db8::1:1:ffff:ffff"))).isTrue();
    assertThat(subnet.contains(Ipv6Address.parse("2001:db8::1:2:0:1"))).isFalse();
    assertThat(subnet.mayLease(network)).isFalse();
    assertThat(subnet.mayLease(network.next())).isFalse();
    assertThat(subnet.mayLease(network.plus(2))).isTrue();
    assertThat(subnet.last()).hasToString("2001:db8::1:1:ffff:ffff");
  }
}
