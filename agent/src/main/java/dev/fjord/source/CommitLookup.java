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
final class CommitLookup {
  private CommitLookup() {}

  /**
   * @param name a branch, a tag, any ref by its full name, a commit's id, or its first digits
   * @throws ProblemException {@code revision-unknown}, {@code revision-ambiguous}
   */
  static ObjectId resolve(Repository repository, String name) {
    return resolve(repository, name, name);
  }

  /**
   * Like the other method, for a commit that has another name in this repository.
   *
   * @param here its name in this repository
   */
  static ObjectId resolve(Repository repository, String name, String here) {
    try {
      ObjectId commit = repository.resolve(here + "^{commit}");
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
   * Describes a commit.
   *
   * @param since where the commits begin whose trailers count; null for all
   */
  static Revision describe(Repository repository, @Nullable ObjectId since, ObjectId commit)
      throws IOException {
    return new Revision(commit.name(), AllowedDeletes.between(repository, since, commit));
  }

  /**
   * What is wrong with a commit that cannot be used; null when it can: when it has a root folder
   * and parents that can be read. Git stores any bytes as a commit ({@code hash-object
   * --literally}), and a server takes them unless {@code receive.fsckObjects} is set.
   */
  static @Nullable String fault(Repository repository, ObjectId commit) {
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit parsed = walk.parseCommit(commit);
      if (!repository.getObjectDatabase().has(parsed.getTree())) {
        return "its root folder " + parsed.getTree().name() + " is not in the repository";
      }
      AllowedDeletes.in(parsed.getFullMessage());
      return null;
    } catch (IOException | RuntimeException malformed) {
      return String.valueOf(malformed.getMessage());
    }
  }
}
