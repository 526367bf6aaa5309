package dev.fjord.trust.git;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.trust.Judged;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevFlag;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.jspecify.annotations.Nullable;

/**
 * Commits and their parents, as their own bytes say: replacements, grafts and the end of a shallow
 * clone change nothing here, except that a missing commit is reported as missing.
 */
final class History {
  /** The most commits that are judged at once; for more, a newer base has to be named. */
  static final int MOST_COMMITS = 10_000;

  private static final int LARGEST_COMMIT = 256 << 10;

  /**
   * How many commits are kept: each is read twice, and its children need its tree soon or hardly
   * ever.
   */
  private static final int MOST_KEPT = 64;

  private final Repository repository;
  private final ObjectReader reader;
  private final Map<String, RawCommit> commits =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, RawCommit> eldest) {
          return size() > MOST_KEPT;
        }
      };

  private final Map<String, List<ObjectId>> bases = new HashMap<>();

  History(Repository repository, ObjectReader reader) {
    this.repository = repository;
    this.reader = reader;
  }

  /**
   * A commit.
   *
   * @throws RawCommit.Malformed when it is none
   * @throws MissingObjectException when it is not there
   */
  RawCommit commit(String id) throws IOException {
    RawCommit known = commits.get(id);
    if (known == null) {
      ObjectId object = ObjectId.fromString(id);
      var found = reader.open(object);
      if (found.getType() != Constants.OBJ_COMMIT) {
        throw new RawCommit.Malformed(
            "it is a " + Constants.typeString(found.getType()) + ", and no commit");
      }
      if (found.getSize() > LARGEST_COMMIT) {
        throw new RawCommit.Malformed("it has more than " + LARGEST_COMMIT + " bytes");
      }
      known = RawCommit.of(found.getCachedBytes(LARGEST_COMMIT));
      commits.put(id, known);
    }
    return known;
  }

  /**
   * What {@code tip} reaches and {@code base} does not, each commit after its parents.
   *
   * @throws ProblemException {@code commits-too-many}, {@code commits-missing}
   */
  SequencedMap<String, List<String>> fresh(ObjectId base, ObjectId tip) throws IOException {
    List<RevCommit> found = new ArrayList<>();
    try (RevWalk walk = new RevWalk(reader)) {
      walk.setRetainBody(false);
      walk.sort(RevSort.TOPO);
      walk.sort(RevSort.REVERSE, true);
      walk.markStart(walk.parseCommit(tip));
      walk.markUninteresting(walk.parseCommit(base));
      for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
        found.add(commit);
        if (found.size() > MOST_COMMITS) {
          throw tooMany(base, tip);
        }
      }
      LinkedHashMap<String, List<String>> fresh = new LinkedHashMap<>();
      for (RevCommit commit : found) {
        fresh.put(commit.name(), List.of());
      }
      for (RevCommit commit : found) {
        List<String> parents = new ArrayList<>();
        for (ObjectId parent : parents(commit)) {
          RevCommit known = walk.lookupCommit(parent);
          if (!fresh.containsKey(parent.name()) && !known.has(RevFlag.UNINTERESTING)) {
            throw missing(commit.name(), parent.name());
          }
          parents.add(parent.name());
        }
        fresh.put(commit.name(), parents);
      }
      return fresh;
    } catch (MissingObjectException e) {
      throw missing(tip.name(), e.getObjectId().name());
    }
  }

  /**
   * The commits of a branch's own line (first parents), from its tip to where it left a base, or to
   * the end of what is in the repository.
   */
  List<ObjectId> line(ObjectId base, ObjectId tip) throws IOException {
    List<ObjectId> line = new ArrayList<>();
    try (RevWalk walk = new RevWalk(reader)) {
      walk.setRetainBody(false);
      walk.setFirstParent(true);
      walk.markStart(walk.parseCommit(tip));
      walk.markUninteresting(walk.parseCommit(base));
      for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
        line.add(commit.copy());
      }
    } catch (MissingObjectException end) {
      return line;
    }
    return line;
  }

  private List<? extends ObjectId> parents(RevCommit parsed) throws IOException {
    try {
      return commit(parsed.name()).parents();
    } catch (RawCommit.Malformed told) {
      return List.of(parsed.getParents()); // The check refuses it.
    }
  }

  private static ProblemException missing(String commit, String parent) {
    return Problem.of(
            "commits-missing",
            "commit "
                + Judged.brief(commit)
                + " builds on "
                + Judged.brief(parent)
                + ", which is not in the repository")
        .hint(
            "What is not there cannot be checked. A shallow clone has to be fetched in full: 'git"
                + " fetch --unshallow'.")
        .asException();
  }

  private static ProblemException tooMany(ObjectId base, ObjectId tip) {
    return Problem.of(
            "commits-too-many",
            "there are more than %,d commits between %s and %s"
                .formatted(MOST_COMMITS, Judged.brief(base.name()), Judged.brief(tip.name())))
        .hint("Check them in parts, or vouch for a commit among them: 'fjord accept'.")
        .asException();
  }

  /** Whether the base reaches a commit, beyond what a walk by dates of commits can tell. */
  boolean isOld(String commit, ObjectId base) throws IOException {
    try (RevWalk walk = new RevWalk(reader)) {
      return walk.isMergedInto(
          walk.parseCommit(ObjectId.fromString(commit)), walk.parseCommit(base));
    }
  }

  /** The trees of the merge bases of two commits: none, one, or of a criss-cross several. */
  List<ObjectId> bases(ObjectId one, ObjectId other) throws IOException {
    String both = one.name() + other.name();
    @Nullable List<ObjectId> known = bases.get(both);
    if (known == null) {
      known = new ArrayList<>();
      try (RevWalk walk = new RevWalk(repository)) {
        walk.setRevFilter(RevFilter.MERGE_BASE);
        walk.markStart(walk.parseCommit(one));
        walk.markStart(walk.parseCommit(other));
        for (RevCommit base = walk.next(); base != null; base = walk.next()) {
          known.add(base.getTree().copy());
        }
      }
      bases.put(both, known);
      bases.put(other.name() + one.name(), known);
    }
    return known;
  }
}
