package dev.fjord.source;

import dev.fjord.model.SignaturePolicy;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.source.remote.HermeticGit;
import dev.fjord.trust.FirstSeen;
import dev.fjord.trust.PolicyReader;
import dev.fjord.trust.git.CommitCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/**
 * Commits of any repository here, a clone or a bare one, held against the signers of where they
 * begin.
 *
 * @param base the id of the commit that is trusted
 * @param head the id of the last one
 * @param policy what the base asks for
 */
public record CommitRange(
    String base, String head, SignaturePolicy policy, CommitCheck.Result result) {

  /**
   * Checks {@code BASE..HEAD}. Signers are checked whether the policy requires them or not, so that
   * a policy can be tried before it requires them.
   *
   * @param folder a bare repository, or the one of a work tree
   * @throws dev.fjord.problem.ProblemException when there is no such repository, or commit, or the
   *     base names no signers
   */
  public static CommitRange check(
      Path folder, String base, String head, PolicyReader policies, Instant now) {
    try (Repository repository = open(folder)) {
      ObjectId from = CommitLookup.resolve(repository, base);
      ObjectId to = CommitLookup.resolve(repository, head);
      PolicyReader asRequired =
          content -> {
            Checked<SignaturePolicy> read = policies.read(content);
            SignaturePolicy said = read.value();
            return said == null
                ? read
                : new Checked<>(
                    new SignaturePolicy(!said.signers().isEmpty(), said.signers()),
                    read.problems());
          };
      try (CommitCheck check =
          new CommitCheck(repository, asRequired, List.of(), FirstSeen.always(now))) {
        SignaturePolicy policy = check.policy(from).orThrow();
        if (policy.signers().isEmpty()) {
          throw Problem.of(
                  "no-signers",
                  "commit " + from.name().substring(0, 12) + " names no signers in fjord.yaml")
              .hint("Name the commit that brought 'signers', or a later one, as the base.")
              .asException();
        }
        return new CommitRange(
            from.name(), to.name(), policy, check.judge(from, to, SignaturePolicy.NONE));
      }
    }
  }

  private static Repository open(Path folder) {
    try {
      Repository repository = HermeticGit.discover(folder);
      if ("sha256".equals(repository.getConfig().getString("extensions", null, "objectformat"))) {
        repository.close();
        throw new IOException("its object format is sha256, which fjord cannot read");
      }
      return repository;
    } catch (IOException | IllegalArgumentException e) {
      throw Problem.of("repository-missing", "reading commits of " + folder + " failed")
          .detail(String.valueOf(e.getMessage()))
          .hint("Name the top folder of a clone, or a bare repository, with --repository.")
          .asException(e);
    }
  }
}
