package dev.fjord.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an instance's starts went since the host booted.
 *
 * @param failures starts in a row after which the kernel died or never answered
 * @param notBefore when the next corrective start is due; null for at once
 */
public record Starts(int failures, @Nullable Instant notBefore) {
  public static final Starts NONE = new Starts(0, null);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  /** The longest pause between two tries. */
  public static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** How long to wait after so many failures in a row, at least one: 5 s, 10 s, 20 s … 5 min. */
  public static Duration pauseAfter(int failures) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }
}
