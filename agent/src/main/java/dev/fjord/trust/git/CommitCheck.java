package dev.fjord.trust.git;

import dev.fjord.model.SignaturePolicy;
import dev.fjord.model.Signer;
import dev.fjord.model.SigningKey;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.trust.FirstSeen;
import dev.fjord.trust.Judged;
import dev.fjord.trust.Merge;
import dev.fjord.trust.PolicyReader;
import dev.fjord.trust.Signature;
import dev.fjord.trust.Standing;
import dev.fjord.trust.Steps;
import dev.fjord.trust.TreeEntry;
import dev.fjord.trust.openpgp.OpenPgpSignatures;
import dev.fjord.trust.ssh.SshSignatures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * Judges commits of a repository, and reads nothing else of it: no configuration, no work tree, no
 * replacements. Not safe for use by many threads.
 */
public final class CommitCheck implements AutoCloseable {
  private static final String PGP = "-----BEGIN PGP SIGNATURE-----";
  private static final String SSH = "-----BEGIN SSH SIGNATURE-----";

  /**
   * Checks end after this many refusals: more would add nothing, and a push of many bad commits
   * must not cost a run.
   */
  private static final int MOST_REFUSED = 100;

  private final Repository repository;
  private final ObjectReader reader;
  private final History history;
  private final Folders folders;
  private final PolicyReader policies;
  private final List<Signer> always;
  private final FirstSeen seen;
  private final Map<String, Checked<SignaturePolicy>> read = new HashMap<>();
  private final Map<String, FirstSeen.Known> looked = new LinkedHashMap<>();

  /**
   * What came of it.
   *
   * @param commits in the order in which they were judged; empty when no signature is asked for
   * @param problems what is wrong beside them: with any, nothing is trusted
   */
  public record Result(List<Judged> commits, List<Problem> problems) {
    public Result {
      commits = List.copyOf(commits);
      problems = List.copyOf(problems);
    }

    /** Whether all of it may be acted on. */
    public boolean isTrusted() {
      return problems.isEmpty() && commits.stream().allMatch(one -> one.refusal() == null);
    }

    /** Each commit that is refused, and what else is wrong. */
    public List<Problem> all() {
      List<Problem> all = new ArrayList<>(problems);
      all.addAll(Judged.refusals(commits));
      return all;
    }
  }

  /**
   * A check.
   *
   * @param always the signers where the repository names none; when there are any, signatures are
   *     required whatever the repository says
   */
  public CommitCheck(
      Repository repository, PolicyReader policies, List<Signer> always, FirstSeen seen) {
    this.repository = repository;
    this.policies = policies;
    this.always = List.copyOf(always);
    this.seen = seen;
    this.reader = repository.newObjectReader();
    this.history = new History(repository, reader);
    this.folders = new Folders(reader);
  }

  @Override
  public void close() {
    reader.close();
  }

  /**
   * The policy of a commit.
   *
   * @return no value where it cannot be read; {@link SignaturePolicy#NONE} where the commit says
   *     nothing of signers
   */
  public Checked<SignaturePolicy> policy(ObjectId commit) {
    try {
      TreeEntry file =
          folders.list(Folders.root(history.commit(commit.name()).tree())).get(PolicyReader.FILE);
      if (file == null) {
        return Checked.failed(unreadable(commit, "it is not there"));
      }
      boolean isFile =
          FileMode.REGULAR_FILE.equals(file.mode()) || FileMode.EXECUTABLE_FILE.equals(file.mode());
      if (!isFile) {
        return Checked.failed(unreadable(commit, "it is no regular file"));
      }
      Checked<SignaturePolicy> known = read.get(file.content());
      if (known == null) {
        known = read(commit, ObjectId.fromString(file.content()));
        read.put(file.content(), known);
      }
      return known;
    } catch (IOException | RuntimeException e) {
      return Checked.failed(unreadable(commit, String.valueOf(e.getMessage())));
    }
  }

  private Checked<SignaturePolicy> read(ObjectId commit, ObjectId file) throws IOException {
    if (reader.getObjectSize(file, Constants.OBJ_BLOB) > PolicyReader.LARGEST) {
      return Checked.failed(unreadable(commit, "it is too large"));
    }
    return policies.read(reader.open(file, Constants.OBJ_BLOB).getBytes(PolicyReader.LARGEST));
  }

  private static Problem unreadable(ObjectId commit, String why) {
    return Problem.of(
            "signers-unreadable",
            "who has to sign cannot be read from "
                + PolicyReader.FILE
                + " of commit "
                + Judged.brief(commit.name()))
        .detail(Printable.clause(why))
        .hint("Push a commit that mends the file; until then the policy before it counts.");
  }

  /** What is asked for where a commit's policy is in force. */
  public SignaturePolicy inForce(SignaturePolicy said) {
    if (always.isEmpty()) {
      return said.required() ? said : SignaturePolicy.NONE;
    }
    return new SignaturePolicy(true, said.signers().isEmpty() ? always : said.signers());
  }

  /**
   * Judges a range, step by step ({@link Steps}).
   *
   * @param base trusted, and so is its policy; null where nothing was trusted yet
   * @param before the policy where the base's cannot be read
   */
  public Result judge(@Nullable ObjectId base, ObjectId tip, SignaturePolicy before) {
    try {
      Result result = base == null ? first(tip) : range(base, tip, before);
      if (!result.isTrusted()) {
        seen.note(looked);
      }
      return result;
    } catch (ProblemException e) {
      return new Result(List.of(), List.of(e.problem()));
    } catch (IOException | RuntimeException e) {
      return new Result(List.of(), List.of(unchecked(tip, e)));
    }
  }

  private static Problem unchecked(ObjectId tip, Exception e) {
    return Problem.of(
            "commits-unchecked",
            "the commits up to " + Judged.brief(tip.name()) + " cannot be checked")
        .detail(Printable.clause(String.valueOf(e.getMessage())))
        .hint(
            "What cannot be checked is not trusted. 'git fsck --full' in the repository names what"
                + " is damaged or missing.");
  }

  /** A signer that the settings trust answers for all that the first revision holds. */
  private Result first(ObjectId tip) {
    if (always.isEmpty()) {
      return new Result(List.of(), List.of());
    }
    SignaturePolicy policy = new SignaturePolicy(true, always);
    Judged judged = judged(tip.name(), policy, false);
    return new Result(
        List.of(judged), judged.refusal() == null ? policy(tip).problems() : List.of());
  }

  private Result range(ObjectId base, ObjectId tip, SignaturePolicy before) throws IOException {
    SignaturePolicy said = valueOr(policy(base), before);
    if (!inForce(said).required() && !isEverRequired(base, tip)) {
      return new Result(List.of(), List.of());
    }
    List<Judged> judged = new ArrayList<>();
    List<Steps.Step> steps = Steps.of(base.name(), tip.name(), history.fresh(base, tip));
    if (steps.isEmpty() && !tip.equals(base)) {
      return new Result(List.of(), List.of(elsewhere(base, tip)));
    }
    int refused = 0;
    for (Steps.Step step : steps) {
      SignaturePolicy policy = inForce(said);
      List<String> commits = policy.required() ? step.commits() : List.of();
      for (String commit : commits) {
        Judged one = judged(commit, policy, true);
        if (one.refusal() == null || !history.isOld(commit, base)) {
          judged.add(one);
          refused += one.refusal() == null ? 0 : 1;
        }
        if (refused == MOST_REFUSED) {
          return new Result(judged, List.of(enough()));
        }
      }
      if (refused == 0) {
        // The content of an untrusted commit is not even read.
        said = valueOr(policy(ObjectId.fromString(step.to())), said);
      }
    }
    boolean good = refused == 0 && !judged.isEmpty();
    return new Result(judged, good ? policy(tip).problems() : List.of());
  }

  /**
   * Whether any commit of the branch's own line asks for signatures: what requires them may have
   * been pushed, and taken back by somebody else, since the last look.
   */
  private boolean isEverRequired(ObjectId base, ObjectId tip) throws IOException {
    for (ObjectId commit : history.line(base, tip)) {
      SignaturePolicy policy = policy(commit).value();
      if (policy != null && inForce(policy).required()) {
        return true;
      }
    }
    return false;
  }

  private static Problem enough() {
    return Problem.ofMore(
        "%,d commits are refused; those after them were not looked at".formatted(MOST_REFUSED));
  }

  private static Problem elsewhere(ObjectId base, ObjectId tip) {
    return Problem.of(
            "commits-elsewhere",
            "commit "
                + Judged.brief(tip.name())
                + " does not continue "
                + Judged.brief(base.name()))
        .hint("What is trusted is found by going on from there. Name a commit that it builds on.");
  }

  private static SignaturePolicy valueOr(
      Checked<SignaturePolicy> checked, SignaturePolicy otherwise) {
    SignaturePolicy value = checked.value();
    return value == null ? otherwise : value;
  }

  /**
   * One commit.
   *
   * @param withParents whether it answers for what it changes, or for all that it holds
   */
  private Judged judged(String id, SignaturePolicy policy, boolean withParents) {
    try {
      RawCommit commit = history.commit(id);
      FirstSeen.Known known = seen.of(id);
      Signature signature = signature(commit, policy, known);
      @Nullable String key = null;
      if (signature instanceof Signature.By by) {
        key = by.key().text();
        known = new FirstSeen.Known(known.at(), key.startsWith("SHA256:") ? by.key() : null);
      }
      looked.put(id, known);
      return switch (Standing.of(policy, signature, known.at())) {
        case Standing.Refused refused ->
            new Judged(id, refused.signer(), key, Judged.of(id, refused));
        case Standing.Trusted trusted ->
            new Judged(id, trusted.signer(), key, outOfPath(id, commit, trusted, withParents));
      };
    } catch (MissingObjectException e) {
      return new Judged(id, null, null, unchecked(ObjectId.fromString(id), e));
    } catch (IOException | RuntimeException e) {
      return new Judged(id, null, null, malformed(id, e));
    }
  }

  private static Problem malformed(String id, Exception e) {
    return Problem.of(
            "commit-malformed",
            "commit "
                + Judged.brief(id)
                + " cannot be checked: "
                + Printable.clause(String.valueOf(e.getMessage())))
        .hint("It was not written by an ordinary client of Git. Take it out of the branch.");
  }

  private Signature signature(RawCommit commit, SignaturePolicy policy, FirstSeen.Known known) {
    byte[] armored = commit.signature();
    if (armored == null) {
      return new Signature.None();
    }
    if (known.key() != null) {
      return new Signature.By(known.key());
    }
    String text = new String(armored, StandardCharsets.ISO_8859_1);
    if (text.startsWith(SSH)) {
      return SshSignatures.check(repository, commit.payload(), armored);
    }
    if (text.startsWith(PGP)) {
      List<SigningKey.OpenPgp> keys =
          policy
              .keys()
              .filter(SigningKey.OpenPgp.class::isInstance)
              .map(SigningKey.OpenPgp.class::cast)
              .toList();
      return OpenPgpSignatures.check(commit.payload(), armored, keys, known.at());
    }
    return new Signature.Bad("it is neither of OpenSSH nor of OpenPGP");
  }

  /** The first path that its signer may not change, as a problem; null when there is none. */
  private @Nullable Problem outOfPath(
      String id, RawCommit commit, Standing.Trusted trusted, boolean withParents)
      throws IOException {
    List<ObjectId> parents = withParents ? commit.parents() : List.of();
    List<ObjectId> trees = new ArrayList<>();
    for (ObjectId parent : parents) {
      trees.add(history.commit(parent.name()).tree());
    }
    Foreign foreign = new Foreign();
    Changes.between(
        folders,
        commit.tree(),
        trees,
        (path, result, before) -> {
          if (!trusted.signer().mayChange(path) && isOwn(path, result, before, parents)) {
            foreign.add(path);
          }
        });
    return foreign.first == null
        ? null
        : Judged.outOfPath(
            id, trusted.signer(), foreign.first, foreign.count - 1, parents.size() > 1);
  }

  private boolean isOwn(
      String path,
      @Nullable TreeEntry result,
      List<@Nullable TreeEntry> before,
      List<ObjectId> parents) {
    return Merge.isOwn(
        result, before, (one, other) -> atBases(path, parents.get(one), parents.get(other)));
  }

  private List<@Nullable TreeEntry> atBases(String path, ObjectId one, ObjectId other) {
    try {
      List<@Nullable TreeEntry> entries = new ArrayList<>();
      for (ObjectId tree : history.bases(one, other)) {
        entries.add(folders.at(tree, path));
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Foreign {
    private @Nullable String first;
    private int count;

    void add(String path) {
      if (first == null) {
        first = path;
      }
      count++;
    }
  }
}
