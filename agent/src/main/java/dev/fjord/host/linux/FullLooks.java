package dev.fjord.host.linux;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Says when a look has to cover everything, even where no hint was given: the first time, after
 * each change by fjord itself, on request, and every few minutes. That bounds how long a change
 * that gives no hint stays unseen. Safe for use by many threads.
 */
final class FullLooks {
  static final Duration INTERVAL = Duration.ofMinutes(3);

  private final LongSupplier nanosPassed;
  private boolean asked = true;
  private long last;

  FullLooks(LongSupplier nanosPassed) {
    this.nanosPassed = nanosPassed;
  }

  /** Requests that the next look cover everything. */
  synchronized void ask() {
    asked = true;
  }

  synchronized boolean isDue() {
    return asked || nanosPassed.getAsLong() - last >= INTERVAL.toNanos();
  }

  /** Notes that a look at everything begins now. */
  synchronized void begin() {
    asked = false;
    last = nanosPassed.getAsLong();
  }
}
