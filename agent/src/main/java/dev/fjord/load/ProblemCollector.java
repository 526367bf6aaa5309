package dev.fjord.load;

import dev.fjord.model.Owner;
import dev.fjord.model.Tree;
import dev.fjord.problem.FirstProblems;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The problems of a revision, and the owners that they hold back. Of each owner the first hundred
 * are kept and the others counted, as they come: what one partner's files have must not fill the
 * agent's memory, nor hide what others have to read. A problem that is only counted holds its owner
 * as well.
 */
final class ProblemCollector {
  private static final int MOST_OF_OWNER = 100;

  /** The limit for all owners together: when many have faults, fewer problems of each are kept. */
  private static final int MOST = 2_000;

  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing(
              Problem::location, Comparator.nullsFirst(Comparator.<Location>naturalOrder()))
          .thenComparing(Problem::code)
          .thenComparing(Problem::summary);

  private final Map<Scope, FirstProblems> told = new LinkedHashMap<>();
  private final Set<Owner> held = new HashSet<>();
  private boolean everythingHeld;
  private int mostOfEach = MOST_OF_OWNER;
  private int kept;

  void add(Scope scope, Problem problem) {
    hold(scope);
    tell(scope, problems -> problems.add(problem));
  }

  /**
   * Adds a problem that is reported whatever else there is: without it the others would mislead.
   */
  void addBefore(Scope scope, Problem problem) {
    hold(scope);
    tell(scope, problems -> problems.addBefore(problem));
  }

  /** Adds the problems of a file. */
  void addAll(Scope scope, FirstProblems others) {
    if (!others.isEmpty()) {
      hold(scope);
      tell(scope, problems -> problems.addAll(others));
    }
  }

  /**
   * Adds a problem that holds no owner by itself and concerns several of them. It counts for the
   * owner with the fewest problems, so that an owner whose files are full of problems cannot hide
   * it from another.
   */
  void addShared(List<Owner> owners, Problem problem) {
    Scope fewest =
        owners.stream()
            .map(Scope::of)
            .min(Comparator.comparingInt(scope -> of(scope).kept() + of(scope).more()))
            .orElse(Scope.NOBODY);
    tell(fewest, problems -> problems.add(problem));
  }

  boolean holdEverything() {
    return everythingHeld;
  }

  Set<Owner> held() {
    return Set.copyOf(held);
  }

  /**
   * Those that are kept, ordered by file, line and column; then, for each owner who has more, one
   * that says how many.
   */
  List<Problem> sorted() {
    List<Problem> sorted =
        new ArrayList<>(
            told.values().stream()
                .flatMap(problems -> problems.first().stream())
                .sorted(BY_PLACE)
                .distinct()
                .toList());
    told.entrySet().stream()
        .filter(entry -> entry.getValue().more() > 0)
        .map(entry -> more(entry.getKey(), entry.getValue().more()))
        .sorted(BY_PLACE)
        .forEach(sorted::add);
    return sorted;
  }

  private static Problem more(Scope scope, int count) {
    String number = count == 1 ? "1 more problem" : "%,d more problems".formatted(count);
    String summary =
        switch (scope) {
          case Scope.Everything everything -> number + " of what concerns everybody";
          case Scope.OneOwner one -> number + " of " + one.owner();
          case Scope.Nobody nobody -> number + " of folders that are no partner's";
        };
    Problem problem =
        Problem.ofMore(summary + ": not shown").hint("they are shown once those above are mended");
    return scope instanceof Scope.OneOwner one && one.owner().partner() != null
        ? problem.at(Location.file(Tree.PARTNERS + "/" + one.owner().partner()))
        : problem;
  }

  /** Holds an owner for a problem that is reported elsewhere. */
  void hold(Scope scope) {
    switch (scope) {
      case Scope.Everything everything -> everythingHeld = true;
      case Scope.OneOwner one -> held.add(one.owner());
      case Scope.Nobody nobody -> {}
    }
  }

  private FirstProblems of(Scope scope) {
    return told.computeIfAbsent(scope, none -> new FirstProblems(mostOfEach));
  }

  private void tell(Scope scope, Consumer<FirstProblems> addition) {
    FirstProblems problems = of(scope);
    kept -= problems.kept();
    addition.accept(problems);
    kept += problems.kept();
    while (kept > MOST && mostOfEach > 1) {
      mostOfEach--;
      told.values().forEach(each -> each.lowerTo(mostOfEach));
      kept = told.values().stream().mapToInt(FirstProblems::kept).sum();
    }
  }
}
