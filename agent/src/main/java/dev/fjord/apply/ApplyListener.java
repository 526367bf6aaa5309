package dev.fjord.apply;

import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;

/**
 * Shows an apply as it goes on; called by many threads at once. What it throws ends nothing: an
 * apply goes on without its listener.
 */
public interface ApplyListener {
  ApplyListener NONE = new ApplyListener() {};

  /** Before the first change begins. */
  default void planned(Plan plan) {}

  default void started(Change change) {}

  default void progress(Change change, String message) {}

  /** Called twice for a change that an apply leaves under way: then, and at its own end. */
  default void ended(Change change, Outcome outcome) {}

  /** A listener that calls both, this one first. */
  default ApplyListener and(ApplyListener second) {
    ApplyListener first = this;
    return new ApplyListener() {
      @Override
      public void planned(Plan plan) {
        first.planned(plan);
        second.planned(plan);
      }

      @Override
      public void started(Change change) {
        first.started(change);
        second.started(change);
      }

      @Override
      public void progress(Change change, String message) {
        first.progress(change, message);
        second.progress(change, message);
      }

      @Override
      public void ended(Change change, Outcome outcome) {
        first.ended(change, outcome);
        second.ended(change, outcome);
      }
    };
  }
}
