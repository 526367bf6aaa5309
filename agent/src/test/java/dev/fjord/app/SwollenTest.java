package dev.fjord.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SwollenTest {
  private int collected;
  private final Swollen swollen = new Swollen(() -> collected++);

  @Test
  void memory_is_given_back_by_the_first_run_with_nothing_to_do() {
    swollen.after(true);
    swollen.after(true);
    assertThat(collected).isZero();
    swollen.after(false);
    assertThat(collected).isOne();
    swollen.after(false);
    assertThat(collected).isOne();
    swollen.after(true);
    swollen.after(false);
    assertThat(collected).isEqualTo(2);
  }

  @Test
  void what_quiet_runs_leave_behind_is_given_back_now_and_then() {
    for (int i = 0; i <= 3 * Swollen.QUIET_RUNS; i++) {
      swollen.after(false);
    }
    assertThat(collected).isEqualTo(4);
  }
}
