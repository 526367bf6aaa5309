package dev.fjord.source;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * How many removals the commits since the last applied one allow: the largest N of their trailers
 * {@value #TRAILER}{@code : N}.
 *
 * <p>Only the commits of the branch's own line (first parents) may say so. A commit that a merged
 * pull request brought along was written by the author of that request, and its message is easily
 * overlooked: the merge commit is the administrator's.
 */
final class AllowedDeletes {
  static final String TRAILER = "Fjord-Allow-Deletes";

  /**
   * Older commits are not read: when a run is that far behind, a new commit has to allow the
   * removals.
   */
  static final int MOST_COMMITS = 10_000;

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

  private AllowedDeletes() {}

  /**
   * The largest number of the commits that {@code chosen} reaches and {@code since} does not.
   *
   * @param since what was in force before; null when nothing was: then all of the history counts.
   *     Where it is no longer known which commits came after it, {@code chosen} alone counts
   */
  static int between(Repository repository, @Nullable ObjectId since, ObjectId chosen)
      throws IOException {
    if (chosen.equals(since)) {
      return 0;
    }
    try (RevWalk walk = new RevWalk(repository)) {
      Set<RevCommit> fresh = new HashSet<>();
      RevCommit tip = walk.parseCommit(chosen);
      walk.markStart(tip);
      if (since != null) {
        if (!repository.getObjectDatabase().has(since)) {
          return in(tip.getFullMessage());
        }
        walk.markUninteresting(walk.parseCommit(since));
      }
      for (RevCommit commit = walk.next();
          commit != null && fresh.size() < MOST_COMMITS;
          commit = walk.next()) {
        fresh.add(commit);
      }
      int allowed = 0;
      for (RevCommit commit = tip; commit != null && fresh.contains(commit); ) {
        allowed = Math.max(allowed, in(commit.getFullMessage()));
        commit = commit.getParentCount() == 0 ? null : commit.getParent(0);
      }
      return allowed;
    }
  }

  /** The largest number that one message allows; what is not a plain number allows nothing. */
  static int in(String message) {
    return Trailers.values(message, TRAILER).stream()
        .filter(value -> NUMBER.matcher(value).matches())
        .mapToInt(Integer::parseInt)
        .max()
        .orElse(0);
  }
}
