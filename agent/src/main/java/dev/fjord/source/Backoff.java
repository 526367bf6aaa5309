package dev.fjord.source;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: exponential, with full jitter, so that many hosts that
 * lost one server do not come back to it in step.
 *
 * @param base the upper bound of the first wait
 * @param cap the upper bound of every wait
 */
public record Backoff(Duration base, Duration cap, RandomGenerator random) {
  public Backoff {
    if (base.isNegative() || base.isZero() || cap.compareTo(base) < 0) {
      throw new IllegalArgumentException("0 < base <= cap: " + base + ", " + cap);
    }
  }

  /**
   * A wait, uniform between nothing and {@code min(cap, base * 2^(failures - 1))}.
   *
   * @param failures attempts that failed in a row; 0 gives no wait
   */
  public Duration delay(int failures) {
    if (failures <= 0) {
      return Duration.ZERO;
    }
    long longest = cap.toMillis();
    long bound = base.toMillis();
    for (int doubled = 1; doubled < failures && bound < longest; doubled++) {
      bound *= 2;
    }
    return Duration.ofMillis(random.nextLong(Math.min(bound, longest) + 1));
  }
}
