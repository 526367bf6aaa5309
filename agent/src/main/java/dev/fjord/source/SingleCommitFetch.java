package dev.fjord.source;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.source.remote.Remote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.RefSpec;

/**
 * Fetches the one commit that was named, and nothing beside it: a forge has tens of thousands of
 * branches and pull requests.
 */
record SingleCommitFetch(Remote remote, Repository into) {
  /** The name of its branch on the server does not matter here. */
  private static final String FETCHED = "refs/fjord/fetched";

  /**
   * Where a name ends and the operators of gitrevisions(7) begin: {@code main~2}, {@code v1^{}},
   * {@code main:}.
   */
  private static final Pattern NAME = Pattern.compile("([^~^:]+)(.*)");

  private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{40}");
  private static final Pattern DIGITS = Pattern.compile("[0-9a-fA-F]{4,40}");

  private static final List<RefSpec> ALL =
      List.of(
          new RefSpec("HEAD"),
          new RefSpec("refs/heads/*:refs/heads/*"),
          new RefSpec("refs/tags/*:refs/tags/*"));

  /**
   * Fetches what a name names.
   *
   * @param revision a branch, a tag, any ref by its full name ({@code refs/pull/3/head}), a
   *     commit's id or its first digits; with {@code ~} and {@code ^} behind it
   * @return its name in the clone
   */
  String named(String revision) {
    Matcher matcher = NAME.matcher(revision);
    if (!matcher.matches()) {
      return revision;
    }
    String name = matcher.group(1);
    String rest = matcher.group(2);
    List<String> candidates = candidates(name);
    Map<String, ObjectId> found =
        candidates.isEmpty()
            ? Map.of()
            : remote.fetch(into, candidates.stream().map(RefSpec::new).toList());
    for (String ref : candidates) {
      ObjectId tip = found.get(ref);
      if (tip != null) {
        MirrorStore.set(into, FETCHED, tip);
        return FETCHED + rest;
      }
    }
    if (ID.matcher(name).matches() && isServed(ObjectId.fromString(name))) {
      return revision;
    }
    Map<String, ObjectId> tips = DIGITS.matcher(name).matches() ? everything() : Map.of();
    if (tips.isEmpty() && remote.advertised(into, ALL).isEmpty()) {
      throw Problem.of("repository-empty", remote.url() + " has no branch at all")
          .hint("Push a first commit ('fjord init DIR' writes a repository to start from).")
          .asException();
    }
    return revision;
  }

  /** The refs that a name may mean, in Git's own order. */
  private static List<String> candidates(String name) {
    if (!Repository.isValidRefName("refs/x/" + name)) {
      return List.of();
    }
    List<String> candidates = new ArrayList<>();
    if (name.equals("HEAD") || name.startsWith("refs/")) {
      candidates.add(name);
    } else if (!ID.matcher(name).matches()) {
      candidates.add("refs/tags/" + name);
      candidates.add("refs/heads/" + name);
      candidates.add("refs/" + name);
    }
    return candidates;
  }

  /**
   * Whether the server gives a commit by its id alone; with version 2 of Git's protocol every
   * server does.
   */
  private boolean isServed(ObjectId commit) {
    try {
      remote.fetchCommit(into, commit);
      return true;
    } catch (ProblemException e) {
      return false;
    }
  }

  /** Fetches all that branches and tags reach; makes a ref of none of them. */
  private Map<String, ObjectId> everything() {
    return remote.fetch(into, ALL);
  }
}
