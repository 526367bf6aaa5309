package dev.fjord.source;

import dev.fjord.model.Tree;
import dev.fjord.problem.Problem;
import java.util.List;

/**
 * A tree together with what must be closed after its use.
 *
 * @param skipped what is in it but is not read, and why; what lies in {@code partners/} is reported
 *     when the tree is loaded, since it holds its partner
 * @param resource closed by {@link #close}: a repository, a temporary clone
 */
public record OpenTree(Tree tree, List<Problem> skipped, Runnable resource)
    implements AutoCloseable {

  static OpenTree of(Tree tree, Runnable resource) {
    List<Problem> skipped = tree.skipped().stream().filter(p -> !isPartners(p)).toList();
    return new OpenTree(tree, skipped, resource);
  }

  private static boolean isPartners(Problem skipped) {
    return skipped.location() != null && skipped.location().file().startsWith(Tree.PARTNERS + "/");
  }

  @Override
  public void close() {
    resource.run();
  }
}
