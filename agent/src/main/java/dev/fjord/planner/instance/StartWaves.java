package dev.fjord.planner.instance;

import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StartOrder;
import dev.fjord.plan.Action;
import dev.fjord.plan.Change;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Goal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Orders starts: the site's come before those of the partners, each owner's with a lower {@code
 * order} come first, and {@code after} counts before both. An instance that others of its owner
 * start after is moved up into their wave, so that the two can never contradict each other. No
 * partner's order affects the machines of another owner: a start waits for a guest to answer, and
 * one that never answers would keep all others waiting.
 */
public final class StartWaves {
  private final Map<ResourceName, Goal> goals;
  private final Map<ResourceName, Integer> effective = new HashMap<>();
  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final List<Waiting> held = new ArrayList<>();

  private StartWaves(Map<ResourceName, Goal> goals, List<Change> changes) {
    this.goals = goals;
    changes.forEach(change -> this.changes.put(change.id(), change));
  }

  /** The same decisions, with the starts in order and without those that wait for other starts. */
  public static Decisions order(Decisions decisions, Map<ResourceName, Goal> goals) {
    StartWaves waves = new StartWaves(goals, decisions.changes());
    goals.values().forEach(goal -> waves.moveUp(goal.name(), start(goal).order(), goals.size()));
    waves.hold();
    waves.rewrite();
    return new Decisions(
        List.copyOf(waves.changes.values()),
        decisions.refused(),
        Stream.concat(decisions.waiting().stream(), waves.held.stream()).toList(),
        decisions.problems());
  }

  /**
   * Makes what comes after a start that an earlier run began, and that is still under way, wait for
   * it.
   */
  private void hold() {
    List<Goal> starting = goals.values().stream().filter(StartWaves::isStarting).toList();
    for (Change change : List.copyOf(changes.values())) {
      if (change.kind() == Kind.INSTANCE && change.action() == Action.START) {
        List<String> before =
            starting.stream()
                .filter(goal -> comesAfter(change, goal))
                .map(goal -> goal.name().value())
                .sorted()
                .toList();
        if (!before.isEmpty()) {
          changes.remove(change.id());
          held.add(
              new Waiting(
                  change.name(),
                  change.owner(),
                  Waiting.Until.OTHERS,
                  "it starts after " + String.join(", ", before) + ", whose start is under way",
                  List.of()));
        }
      }
    }
  }

  private boolean comesAfter(Change change, Goal starting) {
    if (after(change).contains(starting.name())) {
      return true;
    }
    Owner owner = starting.record().owner();
    return owner.equals(change.owner())
        ? wave(starting.name()) < wave(change.name())
        : owner.isSite();
  }

  private static boolean isStarting(Goal goal) {
    return goal.seen() != null && goal.seen().isStarting();
  }

  private static StartOrder start(Goal goal) {
    return goal.record().applied().start();
  }

  /** Bounded by {@code depth}: a ring of documents is refused at load, one of records may exist. */
  private void moveUp(ResourceName name, int order, int depth) {
    Goal goal = goals.get(name);
    if (goal == null || depth < 0 || effective.getOrDefault(name, Integer.MAX_VALUE) <= order) {
      return;
    }
    effective.put(name, order);
    start(goal).after().stream()
        .filter(before -> isOf(goal.record().owner(), before))
        .forEach(before -> moveUp(before, Math.min(order, own(before)), depth - 1));
  }

  private boolean isOf(Owner owner, ResourceName name) {
    Goal goal = goals.get(name);
    return goal != null && goal.record().owner().equals(owner);
  }

  private int own(ResourceName name) {
    Goal goal = goals.get(name);
    return goal == null ? StartOrder.DEFAULT_ORDER : start(goal).order();
  }

  private void rewrite() {
    Map<Owner, NavigableMap<Integer, List<String>>> waves = new HashMap<>();
    for (Change change : changes.values()) {
      if (starts(change)) {
        waves
            .computeIfAbsent(change.owner(), none -> new TreeMap<>())
            .computeIfAbsent(wave(change.name()), wave -> new ArrayList<>())
            .add(change.id());
      }
    }
    boolean addressesMove = goals.values().stream().anyMatch(goal -> !goal.releasers().isEmpty());
    for (Change change : List.copyOf(changes.values())) {
      if (starts(change)) {
        after(change).forEach(name -> follow(change, startsOf(name), true));
        follow(change, before(change, waves), addressesMove);
      }
    }
  }

  /** Of the instances that it names, those of its owner and of the site. */
  private List<ResourceName> after(Change change) {
    Goal goal = goals.get(change.name());
    return goal == null
        ? List.of()
        : start(goal).after().stream()
            .filter(name -> isOf(change.owner(), name) || isOf(Owner.SITE, name))
            .toList();
  }

  /** The wave before it; for a partner's first wave, the last one of the site. */
  private List<String> before(
      Change change, Map<Owner, NavigableMap<Integer, List<String>>> waves) {
    NavigableMap<Integer, List<String>> site = waves.getOrDefault(Owner.SITE, new TreeMap<>());
    Map.Entry<Integer, List<String>> own =
        Objects.requireNonNull(waves.get(change.owner())).lowerEntry(wave(change.name()));
    Map.Entry<Integer, List<String>> last =
        own != null || change.owner().isSite() ? own : site.lastEntry();
    return last == null ? List.of() : last.getValue();
  }

  /**
   * A dependency counts more than the order: where {@code earlier} itself waits for this change
   * (because it gets the address that this one gives up, for example), this change does not wait
   * for it.
   */
  private void follow(Change change, List<String> earlier, boolean mayRing) {
    Set<String> follows = new TreeSet<>(Objects.requireNonNull(changes.get(change.id())).follows());
    for (String id : earlier) {
      if (!id.equals(change.id()) && !(mayRing && reaches(id, change.id(), new HashSet<>()))) {
        follows.add(id);
      }
    }
    changes.put(change.id(), change.following(List.copyOf(follows)));
  }

  private boolean reaches(String from, String to, Set<String> seen) {
    Change change = changes.get(from);
    if (from.equals(to)) {
      return true;
    }
    return change != null
        && seen.add(from)
        && Stream.concat(change.requires().stream(), change.follows().stream())
            .anyMatch(id -> reaches(id, to, seen));
  }

  private int wave(ResourceName name) {
    return effective.getOrDefault(name, StartOrder.DEFAULT_ORDER);
  }

  private static boolean starts(Change change) {
    return change.kind() == Kind.INSTANCE
        && (change.action() == Action.START || change.action() == Action.RESTART);
  }

  private List<String> startsOf(ResourceName name) {
    return Stream.of(Action.START, Action.RESTART)
        .map(action -> Change.id(action, Kind.INSTANCE, name.value()))
        .filter(changes::containsKey)
        .toList();
  }
}
