package dev.fjord.planner.draft;

import dev.fjord.plan.HostAfterPlan;

/**
 * What was decided on instances.
 *
 * @param decisions those on instances that leave among them
 * @param after the host once that is done: stages that follow look at this, and not at steps
 */
public record InstancePlan(Decisions decisions, HostAfterPlan after) {

  public static InstancePlan of(Inputs inputs, Decisions decisions) {
    return new InstancePlan(decisions, HostAfterPlan.of(inputs.observed(), decisions.changes()));
  }
}
