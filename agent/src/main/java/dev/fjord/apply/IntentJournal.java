package dev.fjord.apply;

import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import java.util.List;

/**
 * Records what is about to be done before it is done: after any crash it can be read what had
 * begun. No change begins whose intent could not be written. Safe for use by many threads.
 */
public interface IntentJournal {
  /** The code of the problem when intents cannot be written. */
  String UNWRITABLE = "journal-unwritable";

  /** Keeps nothing. */
  IntentJournal NONE =
      plan ->
          new Run() {
            @Override
            public void intend(List<Change> changes) {}

            @Override
            public void ended(Change change, Outcome outcome) {}
          };

  /** For one walk over a plan. Writes nothing yet. */
  Run begin(Plan plan);

  /** One walk over a plan. */
  interface Run {
    /**
     * Returns once the intents of changes that begin together are on the disk.
     *
     * @throws dev.fjord.problem.ProblemException with {@link #UNWRITABLE}; then none of them may
     *     begin
     */
    void intend(List<Change> changes);

    /**
     * Writes what came of a change; of one that is left under way, twice. It is on the disk with
     * the next intent at the latest; an outcome that is lost before is looked up on the host.
     *
     * @throws dev.fjord.problem.ProblemException when it could not be written
     */
    void ended(Change change, Outcome outcome);
  }
}
