package dev.fjord.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A clock that somebody sets. */
class ClockWatchTest {
  private static final long YEAR = Duration.ofDays(365).toSeconds();

  private final List<Long> set = new ArrayList<>();
  private long day = 1_700_000_000_000L;
  private long passed = Long.MAX_VALUE - 1; // It may begin anywhere.
  private final ClockWatch watch =
      new ClockWatch(() -> day, () -> passed, by -> set.add(by.toSeconds()));

  @Test
  void a_jump_is_told_once_and_a_slow_drift_is_followed() {
    look(0);
    look(0);
    assertThat(set).isEmpty();
    look(-600);
    look(0);
    look(0);
    assertThat(set).containsExactly(-600L);
    look(YEAR);
    look(-YEAR);
    assertThat(set).containsExactly(-600L, YEAR, -YEAR);
    for (int i = 0; i < 100; i++) {
      look(1);
    }
    assertThat(set).hasSize(3);
  }

  /** Two seconds later. */
  private void look(long setBySeconds) {
    passed += Duration.ofSeconds(2).toNanos();
    day += Duration.ofSeconds(2 + setBySeconds).toMillis();
    watch.look();
  }
}
