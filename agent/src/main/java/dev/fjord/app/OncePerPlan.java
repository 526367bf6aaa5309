package dev.fjord.app;

import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.report.PlanJson;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * Keeps a log from filling with one plan that fails at every poll: what was logged about it the
 * first time is not logged again.
 */
final class OncePerPlan implements ApplyListener {
  private final ApplyListener listener;
  private final AtomicReference<String> told;
  private final Predicate<Plan> isKnown;
  private volatile boolean isNew = true;

  /**
   * For one run.
   *
   * @param told the id of the plan that was logged last; kept from run to run
   * @param isKnown whether a plan holds only what was reported in another way
   */
  OncePerPlan(ApplyListener listener, AtomicReference<String> told, Predicate<Plan> isKnown) {
    this.isKnown = isKnown;
    this.listener = listener;
    this.told = told;
  }

  @Override
  public void planned(Plan plan) {
    String id = PlanJson.id(plan);
    isNew = !id.equals(told.getAndSet(id)) && !isKnown.test(plan);
    if (isNew) {
      listener.planned(plan);
    }
  }

  @Override
  public void started(Change change) {
    if (isNew) {
      listener.started(change);
    }
  }

  @Override
  public void progress(Change change, String message) {
    if (isNew) {
      listener.progress(change, message);
    }
  }

  @Override
  public void ended(Change change, Outcome outcome) {
    if (isNew) {
      listener.ended(change, outcome);
    }
  }
}
