package dev.fjord.source.remote;

import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import org.eclipse.jgit.lib.ObjectId;

/** Objects that a repository holds as commits or folders and that are malformed. */
public final class Malformed {
  static final String CODE = "revision-malformed";

  static final String HINT =
      "The host stays at the revision before. 'git fsck' in the repository names the object: take"
          + " it out of the branch and push again.";

  private Malformed() {}

  /**
   * Says that a commit, or one before it, cannot be read.
   *
   * @param found what the parser said; it may quote the object
   */
  public static Problem revision(ObjectId tip, String found) {
    return Problem.of(
            CODE,
            "commit "
                + tip.name().substring(0, 12)
                + ", or one that it builds on, holds what Git cannot have written")
        .detail(Printable.clause(found))
        .hint(HINT);
  }
}
