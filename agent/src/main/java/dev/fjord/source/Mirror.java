package dev.fjord.source;

import dev.fjord.model.AgentSettings;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.source.remote.Access;
import dev.fjord.source.remote.FetchLimits;
import dev.fjord.source.remote.HermeticGit;
import dev.fjord.source.remote.Malformed;
import dev.fjord.source.remote.Remote;
import dev.fjord.source.remote.RemoteUrl;
import dev.fjord.source.tree.RevisionTree;
import dev.fjord.trust.FirstSeen;
import dev.fjord.trust.PolicyReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * The local copy of the repository that says what is wanted, and the commit to follow.
 *
 * <p>A branch is followed only forward: {@code refs/fjord/accepted} moves to a tip that continues
 * it, never to a rewritten history. {@code refs/fjord/inforce} is the last commit that runs were
 * made for, and {@code refs/fjord/before} the one that was in force before it. Whatever goes wrong
 * outside, the accepted commit stays the answer.
 *
 * <p>Where signatures are asked for, a tip is accepted only once all that is new in it is trusted
 * ({@link dev.fjord.trust}).
 *
 * <p>Only the holder of the run lock may open it. One thread at a time.
 */
public final class Mirror implements AutoCloseable {
  private static final String ACCEPTED = "refs/fjord/accepted";
  private static final String BEFORE = "refs/fjord/before";
  private static final String IN_FORCE = "refs/fjord/inforce";
  private static final int MANY_PACKS = 50;

  /** The failures that a hole in the mirror itself can cause. */
  private static final Set<String> MAYBE_OURS =
      Set.of("fetch-failed", "mirror-failed", "repository-incomplete", "revision-malformed");

  private final Remote remote;
  private final String branch;
  private final MirrorStore store;
  private final TrustedTips trusted;
  private @Nullable RevisionTree lastTree;

  private Mirror(Remote remote, String branch, MirrorStore store, TrustedTips trusted) {
    this.remote = remote;
    this.branch = branch;
    this.store = store;
    this.trusted = trusted;
  }

  /**
   * Opens the mirror, or makes an empty one. What a killed agent left in it is cleared away.
   *
   * @param policies reads from a revision who has to sign those after it
   * @throws ProblemException {@code repository-url}, {@code mirror-failed}
   */
  public static Mirror open(AgentSettings settings, PolicyReader policies) {
    return open(settings, policies, FetchLimits.USUAL);
  }

  /** As {@link #open(AgentSettings, PolicyReader)}, with other limits. */
  public static Mirror open(AgentSettings settings, PolicyReader policies, FetchLimits limits) {
    Remote remote = new Remote(RemoteUrl.of(settings.repository()), Access.of(settings), limits);
    Path folder = settings.layout().repository();
    FirstSeen seen = new SeenCommits(settings.layout().seenCommits(), InstantSource.system());
    return new Mirror(
        remote,
        settings.branch(),
        MirrorStore.open(folder, settings.layout().revisions()),
        new TrustedTips(policies, settings.signers(), seen));
  }

  /**
   * Looks at the remote branch once, and accepts its tip if that continues what was accepted. Never
   * throws for what the network or the other side does: that is in the problems.
   */
  public Fetched fetch() {
    List<Problem> problems = new ArrayList<>();
    boolean answered = false;
    try {
      ObjectId tip = fetchTip();
      answered = true;
      ObjectId accepted = store.get(ACCEPTED);
      String fault = tip.equals(accepted) ? null : CommitLookup.fault(store.repository(), tip);
      if (fault != null) {
        problems.add(Malformed.revision(tip, fault));
      } else if (accepted == null || continues(tip, accepted)) {
        follow(tip, accepted, problems);
      } else {
        problems.add(rewritten(tip, accepted));
      }
    } catch (ProblemException e) {
      problems.add(e.problem());
    }
    return answer(answered, problems);
  }

  /** The accepted revision, without a look at the network; null when there is none to be read. */
  public @Nullable Revision accepted() {
    ObjectId accepted = store.get(ACCEPTED);
    return accepted == null || !store.has(accepted) ? null : revision(accepted);
  }

  /** The last revision that runs were made for, in full or not; null when there was none. */
  public @Nullable String inForce() {
    ObjectId inForce = store.get(IN_FORCE);
    return inForce == null ? null : inForce.name();
  }

  /**
   * Remembers what runs are made for from now on; nothing is written when that was known. The
   * commit that was in force before stays known, too: the removals that a commit allows are allowed
   * in every run that is made for it, and in none that is made for a later one.
   */
  public void markInForce(String revision) {
    ObjectId commit = ObjectId.fromString(revision);
    ObjectId now = store.get(IN_FORCE);
    if (!commit.equals(now)) {
      if (now != null) {
        store.put(BEFORE, now);
      }
      store.put(IN_FORCE, commit);
    }
  }

  /**
   * Follows a history from here on, on purpose: the way out of {@code rewritten-history}.
   *
   * @param revision a commit of the remote branch as it was last fetched; may be abbreviated
   * @throws ProblemException {@code revision-unknown}, {@code revision-elsewhere}
   */
  public Revision accept(String revision) {
    ObjectId commit = CommitLookup.resolve(store.repository(), revision);
    ObjectId tip = store.get(tipRef());
    if (tip == null || !continues(tip, commit)) {
      throw Problem.of(
              "revision-elsewhere",
              "accepting "
                  + commit.name()
                  + ": it is not in the history of branch '"
                  + branch
                  + "' of "
                  + remote.url())
          .hint("Name the branch's tip, or a commit before it.")
          .asException();
    }
    store.put(ACCEPTED, commit);
    return revision(commit);
  }

  /**
   * The files of a revision. What did not change since the tree asked for before costs nothing.
   *
   * @throws ProblemException {@code revision-unreadable}, {@code tree-too-large}
   */
  public RevisionTree tree(Revision revision) {
    RevisionTree tree =
        RevisionTree.of(
            store.repository(), ObjectId.fromString(revision.id()), lastTree, store::markDamaged);
    lastTree = tree;
    return tree;
  }

  /**
   * Packs the mirror when many fetches left many packs; cheap when there is nothing to do.
   *
   * @return whether it packed
   * @throws ProblemException {@code mirror-failed}; the mirror is as good as before
   */
  public boolean maintain() {
    return Maintenance.packWhenMany(store.repository(), MANY_PACKS);
  }

  @Override
  public void close() {
    store.close();
  }

  private ObjectId fetchTip() {
    if (store.isDamaged() || store.lost(ACCEPTED) || store.lost(BEFORE)) {
      remake();
    }
    try {
      return fetchInto(store.repository());
    } catch (ProblemException e) {
      if (!MAYBE_OURS.contains(e.problem().code()) || store.isComplete()) {
        throw e;
      }
      remake();
      return fetchInto(store.repository());
    }
  }

  private ObjectId fetchInto(Repository repository) {
    ObjectId tip = remote.fetchBranch(repository, branch);
    MirrorStore.set(repository, tipRef(), tip);
    return tip;
  }

  /** Nothing of the damaged mirror is removed before the new one is complete. */
  private void remake() {
    try {
      Path fresh = MirrorStore.fresh(store.folder());
      MirrorLeftovers.remove(fresh);
      try (Repository repository = HermeticGit.create(fresh)) {
        fetchInto(repository);
        for (String ref : List.of(ACCEPTED, BEFORE, IN_FORCE)) {
          Salvage.carryOver(store.repository(), repository, ref, store.get(ref));
        }
      }
      store.replace();
      lastTree = null;
    } catch (IOException e) {
      throw Problem.of("mirror-failed", "making a new local copy of " + remote.url() + " failed")
          .detail(e.toString())
          .hint("Is the disk full or read-only?")
          .asException(e);
    }
  }

  /**
   * A tip that is not trusted is not followed, so that it can be taken back without a command on
   * this host.
   */
  private void follow(ObjectId tip, @Nullable ObjectId accepted, List<Problem> problems) {
    if (tip.equals(accepted)) {
      return;
    }
    List<Problem> refusals =
        trusted.refusals(store.repository(), accepted, store.get(IN_FORCE), tip);
    problems.addAll(refusals);
    if (refusals.isEmpty()) {
      store.put(ACCEPTED, tip);
    }
  }

  private boolean continues(ObjectId tip, ObjectId earlier) {
    if (tip.equals(earlier)) {
      return true;
    }
    if (!store.has(earlier)) {
      // The tip's whole history is here, and this is not in it.
      return false;
    }
    try (RevWalk walk = new RevWalk(store.repository())) {
      return walk.isMergedInto(walk.parseCommit(earlier), walk.parseCommit(tip));
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private Fetched answer(boolean answered, List<Problem> problems) {
    try {
      Revision accepted = accepted();
      if (accepted == null && problems.isEmpty()) {
        store.markDamaged();
        problems.add(damaged(new IOException("the accepted commit is missing")).problem());
      }
      return new Fetched(accepted, answered, problems);
    } catch (ProblemException e) {
      problems.add(e.problem());
      return new Fetched(null, answered, problems);
    }
  }

  private Revision revision(ObjectId commit) {
    try {
      ObjectId inForce = store.get(IN_FORCE);
      ObjectId since = commit.equals(inForce) ? store.get(BEFORE) : inForce;
      return CommitLookup.describe(store.repository(), since, commit);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private ProblemException damaged(IOException e) {
    store.markDamaged();
    return Problem.of("mirror-failed", "the local copy in " + store.folder() + " is damaged")
        .detail(e.toString())
        .hint("The next run makes a new one from the repository.")
        .asException(e);
  }

  private Problem rewritten(ObjectId tip, ObjectId accepted) {
    String was = accepted.name().substring(0, 12);
    String now = tip.name().substring(0, 12);
    return Problem.of(
            "rewritten-history",
            "branch '"
                + branch
                + "' of "
                + remote.url()
                + " is now at "
                + now
                + ", which does not continue the accepted revision "
                + was)
        .detail("accepted: " + accepted.name() + "\nthere now: " + tip.name())
        .hint(
            "The host stays at "
                + was
                + ". If the history was rewritten on purpose, run 'fjord"
                + " accept --revision "
                + now
                + "'; if not, push "
                + was
                + " to the branch again.");
  }

  /**
   * Where the branch was when it was last looked at. Its name is one word: Git cannot store {@code
   * env/prod} beside {@code env}, and an earlier branch may have had such a name.
   */
  private String tipRef() {
    return "refs/fjord/tips/" + URLEncoder.encode(branch, StandardCharsets.UTF_8);
  }
}
