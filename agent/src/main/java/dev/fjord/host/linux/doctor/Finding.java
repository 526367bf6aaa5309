package dev.fjord.host.linux.doctor;

import dev.fjord.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was checked, and its state.
 *
 * @param name of the thing, in a word or two
 * @param found what is there, in one line
 * @param hint what to do; null where nothing is to be done
 */
public record Finding(String name, Status status, String found, @Nullable String hint) {

  /** The state of a thing. */
  public enum Status {
    OK,
    /** Instances run, but not as well or as safely as they might. */
    WARNING,
    /** Some or all instances cannot run. */
    FAULT
  }

  static Finding ok(String name, String found) {
    return new Finding(name, Status.OK, found, null);
  }

  static Finding warning(String name, String found, String hint) {
    return new Finding(name, Status.WARNING, found, hint);
  }

  static Finding fault(String name, String found, String hint) {
    return new Finding(name, Status.FAULT, found, hint);
  }

  static Finding fault(String name, Problem problem) {
    String detail = problem.detail();
    String found = detail == null ? problem.summary() : problem.summary() + ": " + detail;
    return new Finding(name, Status.FAULT, found, problem.hint());
  }
}
