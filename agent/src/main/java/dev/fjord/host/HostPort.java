package dev.fjord.host;

import dev.fjord.model.Observed;
import dev.fjord.model.RebaseReport;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A machine that fjord looks at and changes. Implementations are safe for use by many threads. */
public interface HostPort {

  /**
   * Looks at everything that fjord may change. What cannot be looked at is never reported as
   * absent.
   *
   * @throws dev.fjord.problem.ProblemException when an area could not be looked at
   */
  Observed observe();

  /**
   * As {@link #observe}, for callers that only want to know whether there is something to do: what
   * is known not to have changed since the last look may be taken from that look. What is done
   * follows from {@link #observe} alone.
   *
   * @return null when everything is to be looked at anew, which happens now and then whatever is
   *     known
   * @throws dev.fjord.problem.ProblemException as {@link #observe}
   */
  default @Nullable Observed glance() {
    return null;
  }

  /**
   * Does one step. Doing it again, also after it was stopped halfway, is harmless. Steps about
   * different resources may run side by side.
   *
   * @param progress receives, now and then, how far a long step has come, and what it leaves undone
   * @throws dev.fjord.problem.ProblemException when it could not be done; what was there before is
   *     then still there
   */
  void perform(Step step, Progress progress);

  /**
   * Notes since when nothing needs versions of images and kernels, so that a later plan can see for
   * how long. The notes of other versions are removed.
   *
   * @param unused all that nothing needs now
   * @throws dev.fjord.problem.ProblemException when it could not be noted
   */
  void noteUnused(Set<Version> unused);

  /**
   * Instances whose kernels run and that should answer on their addresses, and do not; among them
   * those whose start is under way. Called while no step is running except such a wait: a start
   * that a killed agent left open is taken to have ended.
   */
  Set<ResourceName> silent(Observed observed);

  /** Where a long step reports how far it has come. */
  @FunctionalInterface
  interface Progress {
    Progress SILENT = message -> {};

    void report(String message);

    /** Receives what a step that carries a root over has found, when that is done. */
    default void rebased(RebaseReport found) {}

    /**
     * From now on the step only waits for a guest to answer. The code that applies a plan need not
     * wait with it; a later step about the same instance ends that wait.
     */
    default void awaiting() {}

    /**
     * Receives what the step leaves undone although it has succeeded: nothing waits for it, it is
     * not tried again, and a person should know.
     */
    default void leave(Problem problem) {
      report(problem.summary());
    }
  }
}
