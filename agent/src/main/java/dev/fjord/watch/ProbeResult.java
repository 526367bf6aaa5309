package dev.fjord.watch;

import dev.fjord.watch.Watched.Address;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one check of an instance found, from the bottom up. Where a layer does not answer, those
 * above it are not asked.
 *
 * @param uptime of its kernel, in seconds, by its mconsole; null when that did not answer
 * @param answering addresses that answered
 * @param silent addresses that did not
 * @param accepts whether its port accepted a connection; null when it was not asked
 * @param writable whether its kernel writes to its root; null when it was not asked
 * @param busy whether something is wrong with it while it uses a processor, as an instance that
 *     starts does
 */
public record ProbeResult(
    State state,
    @Nullable Double uptime,
    Set<Address> answering,
    Set<Address> silent,
    @Nullable Boolean accepts,
    @Nullable Boolean writable,
    boolean busy) {
  public static final ProbeResult GONE = new ProbeResult(State.GONE, null);
  public static final ProbeResult PAUSED = new ProbeResult(State.PAUSED, null);
  public static final ProbeResult STARVED = new ProbeResult(State.STARVED, null);

  public ProbeResult {
    answering = Set.copyOf(answering);
    silent = Set.copyOf(silent);
  }

  /** For an instance with no address or port to ask. */
  public ProbeResult(State state, @Nullable Double uptime) {
    this(state, uptime, Set.of(), Set.of(), null, null, false);
  }

  /** The same, for an instance that is at work meanwhile. */
  public ProbeResult whileBusy() {
    return new ProbeResult(state, uptime, answering, silent, accepts, writable, true);
  }

  /** The same, with what was found out about its root. */
  public ProbeResult withRoot(@Nullable Boolean isWritable) {
    return new ProbeResult(state, uptime, answering, silent, accepts, isWritable, busy);
  }

  /** Whether a kernel that runs left a question without an answer. */
  public boolean isWrong() {
    return state != State.UNASKED
        && (uptime == null || !silent.isEmpty() || Boolean.FALSE.equals(accepts));
  }

  /** What its main process does. */
  public enum State {
    GONE,
    /** It is held still on purpose, and is asked nothing. */
    PAUSED,
    /**
     * It does not answer because it wants to run and gets no processor: that is not its own fault.
     */
    STARVED,
    /** This host could not ask all its questions: that is not the instance's fault. */
    UNASKED,
    RUNS;

    /** Whether such a check counts, as a success or as a failure. */
    boolean counts() {
      return this != STARVED && this != UNASKED;
    }
  }
}
