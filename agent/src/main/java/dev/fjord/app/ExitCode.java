package dev.fjord.app;

import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Presence;
import dev.fjord.report.Status;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the exit code of a command says to its caller. The numbers are an interface: none changes.
 */
public enum ExitCode {
  OK(0, "converged, valid, or nothing to do"),
  ERROR(1, "an error; the messages say what and what next"),
  CHANGES(2, "plan: there are changes"),
  WAITING(3, "what is left waits: a window, the next start, the next try"),
  REFUSED(4, "a guard or a policy refused something"),
  PARTLY_FAILED(5, "apply: something failed, the rest was applied"),
  LOCKED(6, "another run holds the lock"),
  USAGE(64, "wrong usage");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  public int number() {
    return number;
  }

  /** The table as picocli prints it. */
  public static Map<String, String> table() {
    Map<String, String> table = new LinkedHashMap<>();
    Arrays.stream(values()).forEach(code -> table.put(Integer.toString(code.number), code.meaning));
    return table;
  }

  /** Of a command that could not do its work. */
  public static ExitCode of(List<Problem> problems) {
    boolean locked = problems.stream().anyMatch(p -> p.code().equals(RunLock.LOCKED));
    return locked ? LOCKED : ERROR;
  }

  /** Of {@code plan}: the worst of what it found. */
  public static ExitCode ofPreview(RunResult result) {
    Plan plan = result.plan();
    if (plan == null || !result.cameThrough()) {
      return of(result.problems());
    } else if (!plan.refused().isEmpty()) {
      return REFUSED;
    } else if (!plan.isEmpty()) {
      return CHANGES;
    }
    return atRest(result, plan);
  }

  /** Of {@code apply}: the worst of what came of it. */
  public static ExitCode ofApply(RunResult result) {
    Plan plan = result.plan();
    if (plan == null || !result.cameThrough()) {
      return of(result.problems());
    } else if (result.failed()) {
      return PARTLY_FAILED;
    } else if (!plan.refused().isEmpty()) {
      return REFUSED;
    }
    return result.converged() ? atRest(result, plan) : ERROR;
  }

  /** Of {@code status}. */
  public static ExitCode ofStatus(Status status, Presence presence) {
    if (status.isConvergedWith(presence)) {
      if (!status.problems().isEmpty()) {
        return ERROR; // As of a run: the newest commit could not be had, or is faulty.
      }
      return status.waiting().isEmpty() ? OK : WAITING;
    }
    boolean abandoned = status.byAgent() && presence.kind() == Presence.Kind.NOBODY;
    return !abandoned && !status.isBroken() && !status.refused().isEmpty() ? REFUSED : ERROR;
  }

  /**
   * Having nothing left to do is no success where the newest commit could not be had, or is faulty.
   */
  private static ExitCode atRest(RunResult result, Plan plan) {
    boolean newest = Objects.equals(result.revision(), result.desiredRevision());
    if (!newest || !result.problems().isEmpty()) {
      return ERROR;
    }
    return plan.waiting().isEmpty() ? OK : WAITING;
  }
}
