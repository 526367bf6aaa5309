package dev.fjord.trust;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is new on a branch into steps, as if each commit of the branch's own line (first
 * parents) had been pushed alone: so that what is trusted does not depend on when the agent looked.
 * A commit of that line comes with all that it brings along; all of them are judged by the policy
 * of the commit where the step begins.
 */
public final class Steps {

  /**
   * One step.
   *
   * @param from the commit whose policy counts
   * @param to a commit that {@code from} is an ancestor of
   * @param commits what {@code to} reaches and no step before, {@code to} included
   */
  public record Step(String from, String to, List<String> commits) {
    public Step {
      commits = List.copyOf(commits);
    }
  }

  private Steps() {}

  /**
   * The steps of a range.
   *
   * @param fresh all commits that {@code tip} reaches and {@code base} does not, each with its
   *     parents, and each after its parents
   * @return in order; empty when there is nothing new, or {@code tip} does not continue {@code
   *     base}
   */
  public static List<Step> of(String base, String tip, SequencedMap<String, List<String>> fresh) {
    Set<String> after = new HashSet<>();
    after.add(base);
    fresh.forEach((commit, parents) -> {
      if (parents.stream().anyMatch(after::contains)) {
        after.add(commit);
      }
    });
    Deque<String> line = new ArrayDeque<>();
    for (@Nullable String commit = tip;
        commit != null && !commit.equals(base) && after.contains(commit);
        commit = first(fresh.get(commit))) {
      line.addFirst(commit);
    }
    List<Step> steps = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    String from = base;
    for (String to : line) {
      steps.add(new Step(from, to, brought(to, fresh, seen)));
      from = to;
    }
    return steps;
  }

  private static @Nullable String first(@Nullable List<String> parents) {
    return parents == null || parents.isEmpty() ? null : parents.get(0);
  }

  private static List<String> brought(
      String to, Map<String, List<String>> fresh, Set<String> seen) {
    List<String> brought = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(to));
    while (!open.isEmpty()) {
      String commit = open.removeFirst();
      List<String> parents = fresh.get(commit);
      if (parents != null && seen.add(commit)) {
        brought.add(commit);
        open.addAll(parents);
      }
    }
    Collections.reverse(brought);
    return brought;
  }
}
