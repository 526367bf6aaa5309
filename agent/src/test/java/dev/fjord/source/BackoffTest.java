package dev.fjord.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  private static final RandomGenerator UNLUCKY =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          throw new UnsupportedOperationException();
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "2, 2", "3, 4", "4, 8", "5, 10", "6, 10", "2000000000, 10"})
  void the_longest_wait_doubles_up_to_the_cap(int failures, int seconds) {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10), UNLUCKY);
    assertThat(backoff.delay(failures)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void waits_are_spread_over_the_whole_span() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), new Random(7));
    List<Long> waits = Stream.generate(() -> backoff.delay(9).toMillis()).limit(1000).toList();
    assertThat(waits).allMatch(wait -> wait >= 0 && wait <= 8000);
    for (int eighth = 0; eighth < 8; eighth++) {
      long from = eighth * 1000L;
      assertThat(waits).anyMatch(wait -> wait >= from && wait < from + 1000);
    }
  }

  @Test
  void refuses_a_cap_below_the_base() {
    assertThatThrownBy(
            () -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), new Random(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
