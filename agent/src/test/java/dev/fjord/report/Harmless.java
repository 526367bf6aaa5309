package dev.fjord.report;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds a text to what no terminal acts on. */
public final class Harmless {
  private Harmless() {}

  public static void check(String text) {
    assertThat(text)
        .doesNotContainPattern("[\\p{Cc}&&[^\\n]]")
        .doesNotContainPattern("[\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cs}]");
  }
}
