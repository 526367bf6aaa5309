package dev.fjord.planner.draft;

import dev.fjord.plan.Change;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Problem;
import java.util.List;
import java.util.stream.Stream;

/** What one stage of planning decided, or several together. */
public record Decisions(
    List<Change> changes, List<Refusal> refused, List<Waiting> waiting, List<Problem> problems) {
  public Decisions {
    changes = List.copyOf(changes);
    refused = List.copyOf(refused);
    waiting = List.copyOf(waiting);
    problems = List.copyOf(problems);
  }

  /** Nothing but problems that were found. */
  public static Decisions found(List<Problem> problems) {
    return new Decisions(List.of(), List.of(), List.of(), problems);
  }

  /** These and those of later stages. */
  public Decisions and(Decisions... later) {
    List<Decisions> all = Stream.concat(Stream.of(this), Stream.of(later)).toList();
    return new Decisions(
        all.stream().flatMap(one -> one.changes.stream()).toList(),
        all.stream().flatMap(one -> one.refused.stream()).toList(),
        all.stream().flatMap(one -> one.waiting.stream()).toList(),
        all.stream().flatMap(one -> one.problems.stream()).toList());
  }
}
