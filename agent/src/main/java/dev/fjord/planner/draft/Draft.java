package dev.fjord.planner.draft;

import dev.fjord.model.Owner;
import dev.fjord.plan.Change;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan while it is made. */
public final class Draft {
  public final Map<String, Change> changes = new LinkedHashMap<>();
  public final List<Refusal> refused = new ArrayList<>();
  public final List<Waiting> waiting = new ArrayList<>();
  public final List<Problem> problems = new ArrayList<>();

  public void add(Change change) {
    changes.put(change.id(), change);
  }

  public void refuse(String guard, Owner owner, String summary, String hint) {
    refused.add(new Refusal(guard, owner, summary, hint));
  }

  /** Those of {@code ids} that are in the plan. */
  public List<String> present(List<String> ids) {
    return ids.stream().filter(changes::containsKey).toList();
  }
}
