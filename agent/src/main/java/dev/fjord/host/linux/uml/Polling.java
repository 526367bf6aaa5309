package dev.fjord.host.linux.uml;

import dev.fjord.problem.Problem;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits by looking again and again: what is waited for are processes that nobody tells us of. */
final class Polling {
  private static final int STEP = 20;

  private Polling() {}

  /** Whether {@code condition} came true within {@code limit}. */
  static boolean until(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      milliseconds(STEP);
    }
    return true;
  }

  static void milliseconds(long duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "waiting for a kernel was interrupted").asException(e);
    }
  }
}
