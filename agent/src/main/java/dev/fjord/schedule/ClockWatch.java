package dev.fjord.schedule;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the host's clock was set: the time of day and the time that has passed then differ.
 * A host that slept looks the same, since CLOCK_MONOTONIC (clock_gettime(2)) stands still
 * meanwhile.
 */
final class ClockWatch {
  /** NTP sets a clock by less at a time, or slews it. */
  private static final Duration SLEWED = Duration.ofSeconds(2);

  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final LongSupplier millisOfDay;
  private final LongSupplier nanosPassed;
  private final Consumer<Duration> wasSet;
  private @Nullable Duration last;

  /**
   * @param wasSet called with the difference; negative when the clock was set back
   */
  ClockWatch(Consumer<Duration> wasSet) {
    this(System::currentTimeMillis, System::nanoTime, wasSet);
  }

  ClockWatch(LongSupplier millisOfDay, LongSupplier nanosPassed, Consumer<Duration> wasSet) {
    this.millisOfDay = millisOfDay;
    this.nanosPassed = nanosPassed;
    this.wasSet = wasSet;
  }

  /** Looks from now on, until its thread is interrupted. */
  Thread start() {
    look();
    return Thread.ofPlatform().daemon().name("clock").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Compares once. A slow drift is followed. */
  void look() {
    Duration now = Duration.ofMillis(millisOfDay.getAsLong()).minusNanos(nanosPassed.getAsLong());
    Duration before = last;
    last = now;
    if (before != null && now.minus(before).abs().compareTo(SLEWED) > 0) {
      wasSet.accept(now.minus(before));
    }
  }
}
