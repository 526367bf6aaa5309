package dev.fjord.plan;

import dev.fjord.model.Owner;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan while it is made. */
final class Draft {
  final Map<String, Change> changes = new LinkedHashMap<>();
  final List<Refusal> refused = new ArrayList<>();
  final List<Waiting> waiting = new ArrayList<>();
  final List<Problem> problems = new ArrayList<>();

  void add(Change change) {
    changes.put(change.id(), change);
  }

  void refuse(String guard, Owner owner, String summary, String hint) {
    refused.add(new Refusal(guard, owner, summary, hint));
  }

  /** Those of {@code ids} that are in the plan. */
  List<String> present(List<String> ids) {
    return ids.stream().filter(changes::containsKey).toList();
  }
}
