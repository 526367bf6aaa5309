package dev.fjord.source;

import dev.fjord.model.Tree;
import dev.fjord.problem.Problem;
import java.util.List;

/**
 * A tree together with what must be closed after its use.
 *
 * @param skipped what is in it but is not read, and why
 * @param resource closed by {@link #close}: a repository, a temporary clone
 */
public record OpenTree(Tree tree, List<Problem> skipped, Runnable resource)
    implements AutoCloseable {
  @Override
  public void close() {
    resource.run();
  }
}
