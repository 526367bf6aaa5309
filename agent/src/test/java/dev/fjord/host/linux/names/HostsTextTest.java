package dev.fjord.host.linux.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a hosts file, and what does not. */
class HostsTextTest {
  private static final String REST =
      "127.0.0.1\tlocalhost  Box\n\n# a comment\n::1 ip6-localhost\n";
  private static final List<String> LINES = List.of("192.0.2.5 linda.lan.internal linda");

  @Test
  void a_block_comes_and_goes_and_the_rest_stays() {
    var with = of(REST).with(LINES);

    assertThat(with).startsWith(REST);
    assertThat(of(with).block()).isEqualTo(LINES);
    assertThat(of(with).with(LINES)).isEqualTo(with);
    assertThat(of(with).with(List.of())).isEqualTo(REST);
    assertThat(of(REST).block()).isNull();
    assertThat(of("").with(List.of())).isEmpty();
  }

  @Test
  void it_stays_where_somebody_moved_it() {
    var moved = of("").with(LINES) + REST;
    assertThat(of(moved).with(List.of("192.0.2.6 bob"))).endsWith("\n" + REST);
  }

  @Test
  void names_of_other_lines_are_known_and_its_own_are_not() {
    assertThat(of(of(REST).with(LINES)).otherNames())
        .containsExactlyInAnyOrder("localhost", "box", "ip6-localhost");
  }

  @Test
  void another_sites_block_is_an_other_line() {
    var other = new HostsText("", Path.of("/srv/other")).with(List.of("192.0.2.9 linda"));
    var both = of(other).with(LINES);

    assertThat(both).startsWith(other);
    assertThat(of(both).otherNames()).containsExactly("linda");
    assertThat(of(both).with(List.of())).isEqualTo(other);
    assertThat(new HostsText("", Path.of("/var/lib/fjord-2")).with(LINES))
        .satisfies(text -> assertThat(of(text).block()).isNull());
  }

  @Test
  void damaged_marks_are_seen_and_only_they_go() {
    var with = of(REST).with(LINES);
    var endless = with.substring(0, with.indexOf("# END")) + "192.0.2.77 mine\n";

    assertThat(of(endless).block()).isNotEqualTo(LINES).isNotNull();
    assertThat(of(endless).with(LINES)).contains("192.0.2.77 mine\n").contains(LINES.get(0));
    var twice = with + with;
    assertThat(of(twice).block()).isNotEqualTo(LINES);
    assertThat(of(twice).with(LINES)).isEqualTo(with + REST);
    assertThat(of(of(twice).with(LINES)).block()).isEqualTo(LINES);
  }

  @Test
  void bytes_that_are_no_text_and_a_last_line_without_end_stay() {
    var odd = "10.0.0.1 \u00e4\u00ff\u0000\r\nlast";
    assertThat(of(odd).with(LINES)).startsWith(odd + "\n# BEGIN");
  }

  private static HostsText of(String text) {
    return new HostsText(text, Path.of("/var/lib/fjord"));
  }
}
