package dev.fjord.reconcile;

import dev.fjord.model.Tree;
import dev.fjord.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One tree that was named by its user: a folder, or a revision of any repository. */
public record FixedRevision(Tree tree, List<Problem> problems) implements Revisions {
  public FixedRevision {
    problems = List.copyOf(problems);
  }

  @Override
  public Choice choose() {
    return new Choice(new Chosen(tree.revision(), 0, tree), true, problems);
  }

  @Override
  public @Nullable Chosen lastInForce() {
    return null;
  }

  @Override
  public void inForce(Chosen chosen) {
    // A tree that was applied by hand is not what the agent follows.
  }
}
