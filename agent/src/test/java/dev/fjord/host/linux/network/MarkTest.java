package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkTest {
  @Test
  void reads_what_it_writes() {
    var lan = Mark.ofSwitch(Samples.name("lan"));
    var linda = Mark.ofPort(Samples.name("linda"), Ipv4Address.parse("192.0.2.5"), null);
    var bob =
        Mark.ofPort(
            Samples.name("bob"), Ipv4Address.parse("192.0.2.6"), Ipv6Address.parse("2001:db8::6"));
    assertThat(lan.alias()).isEqualTo("fjord:switch/lan");
    assertThat(linda.alias()).isEqualTo("fjord:port/linda/192.0.2.5");
    assertThat(bob.alias()).isEqualTo("fjord:port/bob/192.0.2.6/2001:db8::6");
    assertThat(Mark.parse(bob.alias())).isEqualTo(bob);
    assertThat(Mark.parse(lan.alias())).isEqualTo(lan);
    assertThat(Mark.parse(linda.alias())).isEqualTo(linda);
    assertThat(Mark.parse("fjord:port/linda"))
        .isEqualTo(new Mark(Mark.PORT, Samples.name("linda"), null, null));
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
