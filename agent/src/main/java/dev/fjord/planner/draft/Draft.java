package dev.fjord.planner.draft;

import dev.fjord.model.Owner;
import dev.fjord.plan.Change;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one stage of planning collects until it has decided. No draft outlives its stage: other
 * stages see the {@link Decisions}.
 */
public final class Draft {
  private final Map<String, Change> earlier = new HashMap<>();
  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final List<Refusal> refused = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /**
   * The empty draft of a stage.
   *
   * @param earlier the decisions of those stages to whose changes this one refers
   */
  public Draft(Decisions... earlier) {
    for (Decisions one : earlier) {
      one.changes().forEach(change -> this.earlier.put(change.id(), change));
    }
  }

  /** Plans a change; one of the same id is replaced. */
  public void add(Change change) {
    changes.put(change.id(), change);
  }

  public void refuse(Refusal refusal) {
    refused.add(refusal);
  }

  public void refuse(Collection<Refusal> refusals) {
    refused.addAll(refusals);
  }

  public void refuse(String guard, Owner owner, String summary, String hint) {
    refuse(new Refusal(guard, owner, summary, hint));
  }

  public void await(Waiting one) {
    waiting.add(one);
  }

  public void report(Problem problem) {
    problems.add(problem);
  }

  /** Those of {@code ids} that this stage or an earlier one has planned. */
  public List<String> present(List<String> ids) {
    return ids.stream().filter(id -> change(id) != null).toList();
  }

  /** The change that this stage or an earlier one has planned; null for none. */
  public @Nullable Change change(String id) {
    Change own = changes.get(id);
    return own == null ? earlier.get(id) : own;
  }

  /** What this stage has decided. */
  public Decisions decisions() {
    return new Decisions(List.copyOf(changes.values()), refused, waiting, problems);
  }
}
