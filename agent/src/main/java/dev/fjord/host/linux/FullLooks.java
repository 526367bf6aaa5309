package dev.fjord.host.linux;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When a look has to be at everything, whatever gave no hint: at first, after each change by fjord
 * itself, when somebody asks, and every few minutes. That bounds how long a change stays unseen of
 * which there is no hint. Safe for use by many threads.
 */
final class FullLooks {
  static final Duration INTERVAL = Duration.ofMinutes(3);

  private final LongSupplier nanosPassed;
  private boolean asked = true;
  private long last;

  FullLooks(LongSupplier nanosPassed) {
    this.nanosPassed = nanosPassed;
  }

  /** The next one is to be. */
  synchronized void ask() {
    asked = true;
  }

  synchronized boolean isDue() {
    return asked || nanosPassed.getAsLong() - last >= INTERVAL.toNanos();
  }

  /** One begins now. */
  synchronized void begin() {
    asked = false;
    last = nanosPassed.getAsLong();
  }
}
