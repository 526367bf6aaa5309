package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkTest {
  @Test
  void reads_what_it_writes() {
    var lan = Mark.ofSwitch(Samples.name("lan"));
    var linda = Mark.ofPort(Samples.name("linda"), lease("192.0.2.5", null, List.of()));
    var six = Ipv6Address.parse("2001:db8::6");
    var bob = Mark.ofPort(Samples.name("bob"), lease("192.0.2.6", six, List.of()));
    var more = List.<IpAddress>of(Ipv4Address.parse("192.0.2.8"));
    var frank = Mark.ofPort(Samples.name("frank"), lease("192.0.2.7", null, more));
    var web = Mark.ofPort(Samples.name("web"), lease("192.0.2.7", six, more));
    assertThat(lan.alias()).isEqualTo("fjord:switch/lan");
    assertThat(linda.alias()).isEqualTo("fjord:port/linda/192.0.2.5");
    assertThat(bob.alias()).isEqualTo("fjord:port/bob/192.0.2.6/2001:db8::6");
    assertThat(Mark.parse(bob.alias())).isEqualTo(bob);
    assertThat(frank.alias()).isEqualTo("fjord:port/frank/192.0.2.7/+");
    assertThat(web.alias()).isEqualTo("fjord:port/web/192.0.2.7/2001:db8::6/+");
    assertThat(Mark.parse(frank.alias())).isEqualTo(frank);
    assertThat(Mark.parse(web.alias())).isEqualTo(web);
    assertThat(Mark.parse(lan.alias())).isEqualTo(lan);
    assertThat(Mark.parse(linda.alias())).isEqualTo(linda);
    assertThat(Mark.parse("fjord:port/linda"))
        .isEqualTo(new Mark(Mark.PORT, Samples.name("linda"), null, null, false));
  }

  private static Lease lease(String address, @Nullable Ipv6Address six, List<IpAddress> further) {
    return new Lease(
        Samples.name("lan"),
        Ipv4Address.parse(address),
        six,
        new MacAddress("02:00:00:00:00:05"),
        new InterfaceName("tap-x"),
        further);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "uplink",
        "fjord:port/",
        "fjord:port/Linda",
        "fjord:host/slart",
        "my fjord:port/linda",
        "fjord:port/linda ",
        "fjord:port/linda/999.0.0.1",
        "fjord:port/linda/192.0.2.5/2001:::1",
        "fjord:port/linda/2001:db8::5",
        "fjord:port/linda/+",
        "fjord:port/linda/192.0.2.5+",
        "fjord:switch/lan\n"
      })
  void takes_nothing_else_for_a_mark(String alias) {
    assertThat(Mark.parse(alias)).isNull();
  }

  @Test
  void an_unfinished_name_fits_an_interface_and_no_document() {
    var name = Links.unfinished(new InterfaceName("tap-linda"));
    assertThat(name).matches("fjord~[0-9a-f]{8}");
    assertThat(name.length()).isLessThanOrEqualTo(15);
  }
}
