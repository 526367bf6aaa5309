package dev.fjord.source;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/** From a commit's name to the commit, and from the commit to its description. */
final class Revisions {
  private static final int LONGEST_SUBJECT = 120;

  private Revisions() {}

  /**
   * @param name a branch, a tag, a commit's id, or its first digits
   * @throws ProblemException {@code revision-unknown}, {@code revision-ambiguous}
   */
  static ObjectId resolve(Repository repository, String name) {
    try {
      ObjectId commit = repository.resolve(name + "^{commit}");
      if (commit != null) {
        try (RevWalk walk = new RevWalk(repository)) {
          return walk.parseCommit(commit).copy();
        }
      }
      throw unknown(name, null);
    } catch (AmbiguousObjectException e) {
      throw Problem.of("revision-ambiguous", "'" + name + "' is the beginning of several commits")
          .detail(e.getCandidates().toString())
          .hint("Write more of its digits.")
          .asException(e);
    } catch (IOException | IllegalArgumentException e) {
      throw unknown(name, e);
    }
  }

  private static ProblemException unknown(String name, @Nullable Exception e) {
    return Problem.of("revision-unknown", "there is no commit '" + name + "' in the repository")
        .hint("Name a branch, a tag, or a commit ('git log --oneline' lists them).")
        .asException(e == null ? new IOException("not found") : e);
  }

  /**
   * @param since where the commits begin whose trailers count; null for all
   */
  static Revision describe(Repository repository, @Nullable ObjectId since, ObjectId commit)
      throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit parsed = walk.parseCommit(commit);
      // Partners write messages, and they end on the administrator's terminal.
      String subject = parsed.getShortMessage().replaceAll("[\\p{Cntrl}\\u0080-\\u009f]", "?");
      return new Revision(
          commit.name(),
          subject.length() > LONGEST_SUBJECT
              ? subject.substring(0, LONGEST_SUBJECT) + "…"
              : subject,
          parsed.getCommitterIdent().getWhenAsInstant(),
          AllowedDeletes.between(repository, since, commit));
    }
  }
}
