package dev.fjord.reconcile;

import dev.fjord.load.Loader;
import dev.fjord.model.Desired;
import dev.fjord.plan.PriorRevision;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.Revisions.Chosen;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What revisions ask for. A revision with a fault that concerns everybody is passed over, and the
 * one that was in force stays so. Not safe for use by many threads.
 */
final class DesiredStates {
  /**
   * What is in force.
   *
   * @param chosen null when nothing is
   * @param desired null when nothing is
   * @param found the problems of loading it, and why a newer one is not in force
   */
  record InForce(@Nullable Chosen chosen, @Nullable Desired desired, List<Problem> found) {}

  /** The problems that may be gone the next time, even though the revision is the same. */
  private static final Set<String> PASSING =
      Set.of(Stages.BROKE, "file-unreadable", "revision-unreadable");

  private final Loader loader;
  private @Nullable String loadedId;
  private @Nullable Checked<Desired> loaded;

  DesiredStates(Loader loader) {
    this.loader = loader;
  }

  InForce of(Revisions revisions, @Nullable Chosen newest) {
    if (newest == null) {
      return new InForce(null, null, List.of());
    }
    Checked<Desired> state = load(newest);
    return state.value() == null
        ? insteadOf(newest, revisions, state.problems())
        : new InForce(newest, state.value(), state.problems());
  }

  /**
   * The revision that was in force, in the place of one that cannot be: without a value when there
   * is none, or when it is the same.
   *
   * @param why what is wrong with {@code newest}
   */
  InForce insteadOf(Chosen newest, Revisions revisions, List<Problem> why) {
    List<Problem> problems = new ArrayList<>(why);
    Chosen last =
        new Stages(problems).value("reading the revision in force", revisions::lastInForce);
    if (last == null || last.id().equals(newest.id())) {
      return new InForce(null, null, problems);
    }
    problems.add(
        Problem.of(
                "revision-passed-over",
                "revision " + newest.id() + " is not applied; " + last.id() + " stays in force")
            .hint("Push a commit that mends the problems above."));
    Checked<Desired> before = load(last);
    problems.addAll(before.problems());
    return new InForce(before.value() == null ? null : last, before.value(), problems);
  }

  /**
   * What a revision asks for, which may be one of long ago.
   *
   * @return null when it cannot be read, or has a fault that concerns everybody
   */
  @Nullable PriorRevision before(Chosen chosen) {
    Desired desired = load(chosen).value();
    return desired == null ? null : PriorRevision.of(desired);
  }

  /** A plain folder has no name that changes with its content, so it is read each time. */
  private Checked<Desired> load(Chosen chosen) {
    Checked<Desired> known = loaded;
    if (known != null
        && chosen.id().equals(loadedId)
        && chosen.id().matches("[0-9a-f]{40}")
        && known.problems().stream().noneMatch(problem -> PASSING.contains(problem.code()))) {
      return known;
    }
    Checked<Desired> state = read(chosen);
    loaded = state;
    loadedId = chosen.id();
    return state;
  }

  private Checked<Desired> read(Chosen chosen) {
    try {
      return loader.load(chosen.tree());
    } catch (RuntimeException | Error e) {
      return Checked.failed(Stages.problem("loading revision " + chosen.id(), e));
    }
  }
}
