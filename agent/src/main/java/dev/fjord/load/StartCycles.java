package dev.fjord.load;

import dev.fjord.model.ResourceName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Instances that wait for each other: the strongly connected parts of what starts after what
 * (Tarjan 1972). One pass whatever the number of cycles, which hostile files can make enormous, and
 * without recursion, since chains may be long.
 */
final class StartCycles {
  private final Map<ResourceName, List<ResourceName>> edges;
  private final Map<ResourceName, Integer> order = new HashMap<>();
  private final Map<ResourceName, Integer> lowest = new HashMap<>();
  private final Map<ResourceName, Integer> nextEdge = new HashMap<>();
  private final Deque<ResourceName> path = new ArrayDeque<>();
  private final Deque<ResourceName> pending = new ArrayDeque<>();
  private final Set<ResourceName> isPending = new HashSet<>();
  private final List<List<ResourceName>> cycles = new ArrayList<>();

  private StartCycles(Map<ResourceName, List<ResourceName>> edges) {
    this.edges = edges;
  }

  /**
   * Groups of instances of which each waits, by way of the others, for itself; ordered by name.
   *
   * @param edges from each instance to those that start before it
   */
  static List<List<ResourceName>> of(Map<ResourceName, List<ResourceName>> edges) {
    StartCycles search = new StartCycles(edges);
    edges.keySet().forEach(search::search);
    return search.cycles;
  }

  private void search(ResourceName from) {
    if (!order.containsKey(from)) {
      enter(from);
    }
    while (!path.isEmpty()) {
      ResourceName here = path.getLast();
      List<ResourceName> ahead = edges.getOrDefault(here, List.of());
      int edge = nextEdge.merge(here, 1, Integer::sum) - 1;
      if (edge < ahead.size()) {
        follow(here, ahead.get(edge));
      } else {
        leave(here);
      }
    }
  }

  private void enter(ResourceName name) {
    lowest.put(name, order.size());
    order.put(name, order.size());
    path.addLast(name);
    pending.addLast(name);
    isPending.add(name);
  }

  private void follow(ResourceName here, ResourceName to) {
    Integer known = order.get(to);
    if (known == null) {
      enter(to);
    } else if (isPending.contains(to)) {
      lowest.merge(here, known, Math::min);
    }
  }

  private void leave(ResourceName here) {
    path.removeLast();
    int low = lowest.getOrDefault(here, 0);
    if (!path.isEmpty()) {
      lowest.merge(path.getLast(), low, Math::min);
    }
    if (order.getOrDefault(here, 0) == low) {
      collect(here);
    }
  }

  private void collect(ResourceName first) {
    List<ResourceName> group = new ArrayList<>();
    ResourceName name;
    do {
      name = pending.removeLast();
      isPending.remove(name);
      group.add(name);
    } while (!name.equals(first));
    if (group.size() > 1 || edges.getOrDefault(first, List.of()).contains(first)) {
      group.sort(null);
      cycles.add(List.copyOf(group));
    }
  }
}
