package dev.fjord.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a kernel ended that was not asked to end, as far as it left evidence. Guest root writes to
 * the console and owns the kernel's process, so the guest may have made up all of it except {@link
 * Cause#OUT_OF_MEMORY}: it is reported, and decides nothing.
 *
 * @param at when it was noticed
 * @param pid of the kernel's main process; null when it had never answered
 * @param summary a clause for a person
 * @param lines the last ones that the kernel itself wrote to its console, printable and cut; never
 *     what a program of the guest or a person wrote there
 */
public record Death(
    Instant at, @Nullable Long pid, Cause cause, String summary, List<String> lines) {
  public Death {
    lines = List.copyOf(lines);
  }

  /** What the evidence says. */
  public enum Cause {
    /** Its guest powered off, halted or rebooted: UML ends then, and is started again. */
    SHUT_DOWN,
    PANICKED,
    /** The host's kernel killed it for lack of memory. */
    OUT_OF_MEMORY,
    /** By a signal. */
    KILLED,
    /** By itself, with an exit status that is not 0. */
    EXITED,
    /** Its terminal ended with it, or did not report how it ended. */
    UNKNOWN
  }
}
