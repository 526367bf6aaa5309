package dev.fjord.process;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How long something may take, by what it does rather than by the clock. A host may be slow, or
 * busy with others: time in which a program wants a processor and gets none does not count, and a
 * program that makes progress may take longer than one that does nothing.
 *
 * <p>The caller, which waits, calls {@link #look} as often as it likes. An instance has no thread
 * and no clock of its own, serves one wait, and is not thread-safe.
 */
public final class Patience {
  /** In a shorter time a step of 10 ms of processor time proves nothing. */
  private static final Duration SHORTEST_LOOK = Duration.ofMillis(100);

  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);
  private static final int LOOKS = 8;

  /**
   * It moves when it uses more than one part in so many of the time between two looks; the timers
   * of an idle machine use less.
   */
  private static final int MOVES = 20;

  /** A look that finds something moving outweighs so many that do not. */
  private static final int MOVING_WEIGHS = 3;

  /**
   * The longest wait by the clock, in limits, however little it got to run and even if it moves.
   */
  private static final int BY_THE_CLOCK = 20;

  private final long limit;
  private final long most;
  private final long still;
  private final long interval;
  private long begun;
  private long seenAt;
  private boolean hasBegun;
  private Effort before = Effort.NONE;
  private long grownBefore;
  private long spent;
  private long stillFor;
  private boolean moves = true;

  private Patience(long limit, long most, long still) {
    this.limit = limit;
    this.most = most;
    this.still = still;
    this.interval = Math.clamp(limit / LOOKS, SHORTEST_LOOK.toNanos(), LONGEST_LOOK.toNanos());
  }

  /** The result of one look. */
  public enum Verdict {
    WAIT,
    /** It has done nothing for long, although it could have run. */
    STANDS_STILL,
    /** It has had its time. */
    OVER
  }

  /**
   * Gives it {@code limit}, not counting time in which it was kept from running.
   *
   * @param limit longer than nothing
   */
  public static Patience of(Duration limit) {
    return new Patience(limit.toNanos(), limit.toNanos(), Long.MAX_VALUE);
  }

  /** As long as it moves it may take up to {@code longer}, counted in the same way. */
  public Patience whileMoving(Duration longer) {
    return new Patience(limit, Math.max(limit, longer.toNanos()), still);
  }

  /**
   * It is given up once it has stood still for {@code time} in all, interrupted by little movement.
   */
  public Patience untilStillFor(Duration time) {
    return new Patience(limit, most, time.toNanos());
  }

  /** How long to wait before a look can find something new. */
  public Duration interval() {
    return Duration.ofNanos(interval);
  }

  /** Whether it did something between the last two looks, or wanted to. */
  public boolean moves() {
    return moves;
  }

  /** The time that counted so far. */
  public Duration spent() {
    return Duration.ofNanos(spent);
  }

  /**
   * Takes into account what it has done, if it is time to.
   *
   * @param nanos now, as {@link System#nanoTime}; the first look begins the time
   * @param effort what it has done so far
   * @param signs what else grows while it gets somewhere, such as the time of its last output
   */
  public Verdict look(long nanos, Supplier<Effort> effort, LongSupplier signs) {
    if (!hasBegun) {
      hasBegun = true;
      begun = nanos;
      seenAt = nanos;
    }
    if (nanos - seenAt < interval) {
      return Verdict.WAIT;
    }
    // The caller may itself have been late: what happened meanwhile is not known.
    long took = Math.min(nanos - seenAt, 2 * interval);
    seenAt = nanos;
    note(took, effort.get(), signs.getAsLong());
    if (stillFor >= still) {
      return Verdict.STANDS_STILL;
    }
    boolean hadItsTime = spent >= limit && (!moves || spent >= most);
    return hadItsTime || (nanos - begun) / BY_THE_CLOCK >= limit ? Verdict.OVER : Verdict.WAIT;
  }

  private void note(long took, Effort now, long grown) {
    long ran = Math.clamp((now.ranMillis() - before.ranMillis()) * 1_000_000, 0, took);
    boolean isKept = now.wantsProcessor() && ran < took;
    spent += isKept ? ran : took;
    moves =
        now.wantsProcessor() || now.waitsForDisk() || ran >= took / MOVES || grown != grownBefore;
    stillFor = Math.max(0, moves ? stillFor - MOVING_WEIGHS * took : stillFor + took);
    before = now;
    grownBefore = grown;
  }
}
