package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
  @Test
  void keeps_text_and_takes_what_a_terminal_would_obey() {
    assertThat(PlainText.of("grüße\tok\r\n")).isEqualTo("grüße\tok\n");
    assertThat(PlainText.of("\u001b]0;owned\u0007\u009b31m\u202etxt\u0000"))
        .isEqualTo("?]0;owned??31m?txt?");
  }
}
