package dev.fjord.reconcile;

import dev.fjord.model.Tree;
import dev.fjord.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where runs get their revisions from. Not safe for use by many threads. */
public interface Revisions {

  /** Looks for the newest revision that may be applied. A fault there never throws. */
  Choice choose();

  /** The last revision that a run was made for; null when there is none, or it is lost. */
  @Nullable Chosen lastInForce();

  /** Remembers that runs are made for {@code chosen} from now on. */
  void inForce(Chosen chosen);

  /**
   * A revision and its files.
   *
   * @param allowedDeletes what its commits' trailers allow to be removed
   */
  record Chosen(String id, int allowedDeletes, Tree tree) {}

  /**
   * What a look gave.
   *
   * @param chosen null when no revision is known; an older one when the newest could not be had
   * @param answered whether whoever has the newest one gave it, fit to be applied or not
   * @param problems what went wrong on the way
   */
  record Choice(@Nullable Chosen chosen, boolean answered, List<Problem> problems) {
    public Choice {
      problems = List.copyOf(problems);
    }
  }
}
