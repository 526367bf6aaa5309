package dev.fjord.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {

  @ParameterizedTest
  @CsvSource({
    "1b,\\u{1b}",
    "a,\\u{a}",
    "9b,\\u{9b}",
    "202e,\\u{202e}",
    "200b,\\u{200b}",
    "2028,\\u{2028}",
    "a0,\\u{a0}",
    "e000,\\u{e000}",
    "d800,\\u{d800}",
    "e0041,\\u{e0041}"
  })
  void what_cannot_be_seen_is_spelled_out(String code, String spelled) {
    String character = new StringBuilder().appendCodePoint(Integer.parseInt(code, 16)).toString();
    assertThat(Printable.line("x" + character + "y")).isEqualTo("x" + spelled + "y");
  }

  @Test
  void letters_of_any_script_stay() {
    assertThat(Printable.line("Fjørd … 日本 ✓")).isEqualTo("Fjørd … 日本 ✓");
  }

  @Test
  void a_line_has_an_end() {
    assertThat(Printable.line("x".repeat(100_000))).hasSize(2001).endsWith("…");
  }

  @Test
  void only_the_middle_of_long_words_is_left_out() {
    assertThat(Printable.brief("ssh-ed25519 " + "A".repeat(60) + "z linda@home"))
        .isEqualTo("ssh-ed25519 AAAAAAAAAA...AAAAAAAAAz linda@home");
  }
}
