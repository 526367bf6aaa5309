package dev.fjord.host.linux.origin.web;

import java.time.Duration;

/** Whether bytes come fast enough; only time spent waiting for them counts. */
final class Pace {
  private final Duration window;
  private final long least;
  private long waitedNanos;
  private long came;

  /**
   * A pace.
   *
   * @param least bytes in each window
   */
  Pace(Duration window, long least) {
    this.window = window;
    this.least = least;
  }

  /** Counts what one read has brought; says whether that is still enough. */
  boolean keeps(long nanos, long bytes) {
    waitedNanos += nanos;
    came += bytes;
    if (waitedNanos < window.toNanos()) {
      return true;
    }
    boolean enough = came >= least;
    waitedNanos = 0;
    came = 0;
    return enough;
  }
}
