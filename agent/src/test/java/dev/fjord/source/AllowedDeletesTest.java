package dev.fjord.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prose that looks like permission must not give it. */
class AllowedDeletesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Remove linda\n\nFjord-Allow-Deletes: 3",
        "Remove linda\n\nShe left.\n\nFjord-Allow-Deletes: 3\nSigned-off-by: S <s@x.org>\n\n",
        "Remove linda\r\n\r\nFjord-Allow-Deletes: 3\r\n",
        "Remove linda\n\nReason: she left,\n  and will not be back\nfjord-allow-deletes:3",
        "Remove linda\n\nFjord-Allow-Deletes: 1\nFjord-Allow-Deletes: 3",
        "Remove linda\n\nFjord-Allow-Deletes: 3\n(cherry picked from commit 1234567)",
      })
  void a_trailer_allows(String message) {
    assertThat(AllowedDeletes.in(message)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "Fjord-Allow-Deletes: 3",
        "Remove linda\n\nFjord-Allow-Deletes: 3\n\nBut see below.",
        "Remove linda\n\nOne may write\nFjord-Allow-Deletes: 3",
        "Remove linda\nFjord-Allow-Deletes: 3",
        "Remove linda\n\nFjord-Allow-Deletes: all",
        "Remove linda\n\nFjord-Allow-Deletes: -3",
        "Remove linda\n\nFjord-Allow-Deletes: 3 or so",
        "Remove linda\n\nFjord-Allow-Deletes: 99999999999999",
        "Remove linda\n\nFjord-Allow-Deletes: ٣",
        "Remove linda\n\n> Fjord-Allow-Deletes: 3",
        "Remove linda\n\n  Fjord-Allow-Deletes: 3",
      })
  void anything_else_does_not(String message) {
    assertThat(AllowedDeletes.in(message)).isZero();
  }
}
