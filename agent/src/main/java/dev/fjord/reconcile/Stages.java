package dev.fjord.reconcile;

import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a stage throws from costing the run: it becomes a problem, and the run goes on without
 * what the stage would have given. Errors count like exceptions, since a document that nests too
 * deeply for the stack, or asks for more memory than there is, may come with any revision.
 *
 * @param problems where they go
 */
record Stages(List<Problem> problems) {
  /** The code of a failure that was not foreseen. */
  static final String BROKE = "stage-broke";

  private static final Logger LOG = LoggerFactory.getLogger(Stages.class);
  private static final int FRAMES = 3;

  /** The work of a stage; it may throw more than it declares. */
  interface Stage<E extends Exception> {
    void run() throws E;
  }

  /** The value of a stage; null when it gave none. */
  <T> @Nullable T value(String what, Supplier<? extends @Nullable T> stage) {
    try {
      return stage.get();
    } catch (RuntimeException | Error e) {
      problems.add(problem(what, e));
      return null;
    }
  }

  /** Runs a stage that has no value, or that stores its value itself. */
  <E extends Exception> void attempt(String what, Stage<E> stage) throws E {
    try {
      stage.run();
    } catch (RuntimeException | Error e) {
      problems.add(problem(what, e));
    }
  }

  /** Whether a stage came to its end. */
  boolean done(String what, Runnable stage) {
    int before = problems.size();
    attempt(what, stage::run);
    return problems.size() == before;
  }

  /**
   * The problem that a failed stage becomes.
   *
   * @param what such as {@code planning}
   */
  static Problem problem(String what, Throwable thrown) {
    if (thrown instanceof ProblemException known) {
      return known.problem();
    }
    LOG.debug("{} broke", what, thrown);
    return Problem.of(BROKE, what + " broke: " + Printable.clause(thrown.toString()))
        .detail(where(thrown))
        .hint(
            "This is a fault of fjord. What runs is kept up as far as it can be. Report what 'fjord"
                + " plan --debug' prints.");
  }

  private static @Nullable String where(Throwable thrown) {
    String frames =
        Arrays.stream(thrown.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("dev.fjord."))
            .limit(FRAMES)
            .map(frame -> "at " + frame)
            .collect(Collectors.joining("\n"));
    return frames.isEmpty() ? null : frames;
  }
}
