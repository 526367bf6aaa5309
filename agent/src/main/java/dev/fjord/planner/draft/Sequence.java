package dev.fjord.planner.draft;

import dev.fjord.plan.Change;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts changes into an order in which each comes after all that it requires or follows. */
public final class Sequence {
  private Sequence() {}

  /**
   * Changes that do not depend on each other come in the order of their ids, so that the result is
   * always the same.
   */
  public static List<Change> of(Collection<Change> changes) {
    Map<String, Change> byId = new HashMap<>();
    changes.forEach(change -> byId.put(change.id(), change));
    Map<String, Set<String>> open = new HashMap<>();
    for (Change change : changes) {
      Set<String> before = new HashSet<>(change.requires());
      before.addAll(change.follows());
      before.retainAll(byId.keySet());
      open.put(change.id(), before);
    }
    Map<String, List<String>> next = new HashMap<>();
    open.forEach((id, before) ->
        before.forEach(b -> next.computeIfAbsent(b, k -> new ArrayList<>()).add(id)));
    PriorityQueue<String> free =
        open.entrySet().stream()
            .filter(e -> e.getValue().isEmpty())
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(PriorityQueue::new));
    List<Change> ordered = new ArrayList<>();
    while (!free.isEmpty()) {
      String id = free.remove();
      ordered.add(byId.get(id));
      for (String later : next.getOrDefault(id, List.of())) {
        Set<String> before = open.getOrDefault(later, Set.of());
        if (before.remove(id) && before.isEmpty()) {
          free.add(later);
        }
      }
    }
    if (ordered.size() != changes.size()) {
      throw new IllegalStateException("changes wait for each other in a ring: " + open);
    }
    return ordered;
  }
}
