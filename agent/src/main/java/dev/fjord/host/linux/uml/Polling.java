package dev.fjord.host.linux.uml;

import dev.fjord.problem.Problem;
import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Waits by looking again and again, since nothing reports the state of these processes. What takes
 * long is looked for less often: hundreds of guests may be starting, and each look takes processor
 * time from them.
 */
public final class Polling {
  private static final long FIRST_STEP = 5;
  private static final long LONGEST_STEP = 150;

  private Polling() {}

  /** Whether {@code condition} came true within {@code limit}. */
  public static boolean until(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    long step = FIRST_STEP;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      milliseconds(step);
      step = Math.min(step + step / 2, LONGEST_STEP);
    }
    return true;
  }

  /**
   * Looks until {@code condition} is true, or patience ends.
   *
   * @param signs what grows while what is waited for gets somewhere
   * @return {@link Patience.Verdict#WAIT} when the condition came true
   */
  public static Patience.Verdict until(
      Patience patience, Supplier<Effort> effort, LongSupplier signs, BooleanSupplier condition) {
    Patience.Verdict verdict = Patience.Verdict.WAIT;
    long step = FIRST_STEP;
    while (!condition.getAsBoolean()) {
      verdict = patience.look(System.nanoTime(), effort, signs);
      if (verdict != Patience.Verdict.WAIT) {
        break;
      }
      milliseconds(step);
      step = Math.min(step + step / 2, LONGEST_STEP);
    }
    return verdict;
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
