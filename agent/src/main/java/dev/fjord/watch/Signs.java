package dev.fjord.watch;

import dev.fjord.watch.Watched.Address;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one check of an instance found, from the bottom up. Where a layer does not answer, those
 * above it are not asked.
 *
 * @param uptime of its kernel, in seconds, as told on its mconsole; null when that did not answer
 * @param answering addresses that answered
 * @param silent addresses that did not
 * @param accepts whether its port accepted a connection; null when it was not asked
 * @param writable whether its kernel writes to its root; null when it was not asked
 * @param busy whether something is wrong with it while it uses a processor, as one that begins does
 */
public record Signs(
    State state,
    @Nullable Double uptime,
    Set<Address> answering,
    Set<Address> silent,
    @Nullable Boolean accepts,
    @Nullable Boolean writable,
    boolean busy) {
  public static final Signs GONE = new Signs(State.GONE, null);
  public static final Signs PAUSED = new Signs(State.PAUSED, null);
  public static final Signs STARVED = new Signs(State.STARVED, null);

  public Signs {
    answering = Set.copyOf(answering);
    silent = Set.copyOf(silent);
  }

  /** Of an instance with no address or port to ask. */
  public Signs(State state, @Nullable Double uptime) {
    this(state, uptime, Set.of(), Set.of(), null, null, false);
  }

  /** The same, of one that is at work meanwhile. */
  public Signs whileBusy() {
    return new Signs(state, uptime, answering, silent, accepts, writable, true);
  }

  /** The same, whose root was asked for. */
  public Signs withRoot(@Nullable Boolean isWritable) {
    return new Signs(state, uptime, answering, silent, accepts, isWritable, busy);
  }

  /** Whether one that runs did not answer whatever it was asked. */
  public boolean isWrong() {
    return state != State.UNASKED
        && (uptime == null || !silent.isEmpty() || Boolean.FALSE.equals(accepts));
  }

  /** What its main process does. */
  public enum State {
    GONE,
    /** It is held still on purpose, and is asked nothing. */
    PAUSED,
    /** It does not answer, wants to run and is not let: that is no fault of its own. */
    STARVED,
    /** This host could not ask all of it: that is no fault of its own. */
    UNASKED,
    RUNS;

    /** Whether a check that found this says anything, for good or ill. */
    boolean counts() {
      return this != STARVED && this != UNASKED;
    }
  }
}
