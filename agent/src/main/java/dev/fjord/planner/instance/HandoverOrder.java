package dev.fjord.planner.instance;

import dev.fjord.model.ResourceName;
import dev.fjord.planner.draft.Goal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Orders goals so that the one that frees an address comes before the one that gets it. */
public final class HandoverOrder {
  private final Map<ResourceName, Goal> goals;
  private final Set<Goal> ordered = new LinkedHashSet<>();

  private HandoverOrder(Map<ResourceName, Goal> goals) {
    this.goals = goals;
  }

  /**
   * There are no rings: a goal gets an address only after the goal of its holder has released it.
   */
  public static List<Goal> order(Map<ResourceName, Goal> goals) {
    HandoverOrder order = new HandoverOrder(goals);
    new TreeSet<>(goals.keySet()).forEach(order::visit);
    return new ArrayList<>(order.ordered);
  }

  private void visit(ResourceName name) {
    Goal goal = goals.get(name);
    if (goal != null && !ordered.contains(goal)) {
      goal.releasers().forEach(this::visit);
      ordered.add(goal);
    }
  }
}
