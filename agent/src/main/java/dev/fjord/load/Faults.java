package dev.fjord.load;

import dev.fjord.model.Owner;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The problems of a revision, and whom they hold back. */
final class Faults {
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing(
              Problem::location, Comparator.nullsFirst(Comparator.<Location>naturalOrder()))
          .thenComparing(Problem::code)
          .thenComparing(Problem::summary);

  private final List<Problem> problems = new ArrayList<>();
  private final Set<Owner> held = new HashSet<>();
  private boolean everythingHeld;

  void add(Scope scope, Problem problem) {
    problems.add(problem);
    switch (scope) {
      case Scope.Everything everything -> everythingHeld = true;
      case Scope.OneOwner one -> held.add(one.owner());
      case Scope.Nobody nobody -> {}
    }
  }

  boolean holdEverything() {
    return everythingHeld;
  }

  Set<Owner> held() {
    return Set.copyOf(held);
  }

  /** All of them, ordered by file, line and column. */
  List<Problem> sorted() {
    return problems.stream().sorted(BY_PLACE).distinct().toList();
  }
}
