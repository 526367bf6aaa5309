package dev.fjord.source;

import dev.fjord.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a look at the repository gave. With problems the chosen revision is the one that was
 * accepted before, so that a fault of the network changes nothing.
 *
 * @param chosen null only when no commit was ever accepted, or it is lost together with the mirror
 * @param answered whether the server gave the tip of the branch, whatever is wrong with that
 */
public record Fetched(@Nullable Revision chosen, boolean answered, List<Problem> problems) {
  public Fetched {
    problems = List.copyOf(problems);
    if (chosen == null && problems.isEmpty()) {
      throw new IllegalArgumentException("no revision, and no problem that says why");
    }
  }
}
