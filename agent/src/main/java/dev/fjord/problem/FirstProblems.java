package dev.fjord.problem;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The first of many problems, and how many more there were. Hostile input can have hundreds of
 * thousands of problems: they are counted as they are found, and never held together. Equal ones
 * that are kept count once. Mutable; for one thread.
 */
public final class FirstProblems {
  private final Set<Problem> first = new LinkedHashSet<>();
  private int most;
  private int more;

  /**
   * Nothing yet.
   *
   * @param most how many are kept, at least one
   */
  public FirstProblems(int most) {
    this.most = most;
  }

  public void add(Problem problem) {
    if (first.size() < most) {
      first.add(problem);
    } else if (!first.contains(problem)) {
      more++;
    }
  }

  /** Adds one that has to be seen: when there is no free place, it takes the place of the last. */
  public void addBefore(Problem problem) {
    if (!first.contains(problem)) {
      keep(most - 1);
      first.add(problem);
    }
  }

  /** An empty one. */
  public FirstProblems none() {
    return new FirstProblems(most);
  }

  /** Counts problems that are no longer available. */
  public void addUntold(int count) {
    more += count;
  }

  /** Takes over all that another collection has, with its count. */
  public void addAll(FirstProblems others) {
    others.first.forEach(this::add);
    more += others.more;
  }

  /** Lowers how many are kept, now and from now on. */
  public void lowerTo(int fewer) {
    keep(fewer);
    most = Math.min(most, fewer);
  }

  /** Whether another one would only be counted. */
  public boolean isFull() {
    return first.size() >= most;
  }

  /** Whether there was none, kept or not. */
  public boolean isEmpty() {
    return first.isEmpty() && more == 0;
  }

  /** Those that are kept, in the order in which they came. */
  public List<Problem> first() {
    return List.copyOf(first);
  }

  /** How many are kept. */
  public int kept() {
    return first.size();
  }

  /** How many are not kept. */
  public int more() {
    return more;
  }

  private void keep(int fewer) {
    int surplus = first.size() - fewer;
    if (surplus > 0) {
      List<Problem> kept = new ArrayList<>(first);
      kept.subList(fewer, kept.size()).forEach(first::remove);
      more += surplus;
    }
  }
}
