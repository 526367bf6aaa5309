package dev.fjord.source;

import dev.fjord.model.SignaturePolicy;
import dev.fjord.model.Signer;
import dev.fjord.problem.Problem;
import dev.fjord.trust.FirstSeen;
import dev.fjord.trust.Judged;
import dev.fjord.trust.PolicyReader;
import dev.fjord.trust.git.CommitCheck;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * Whether a tip may be followed, as far as signatures go. The last answer is kept: as long as
 * nothing is pushed, nothing is checked again.
 */
final class TrustedTips {
  /** The most refused commits that are reported one by one. */
  private static final int MOST_TOLD = 10;

  private final PolicyReader policies;
  private final List<Signer> always;
  private final FirstSeen seen;
  private @Nullable Answer last;

  private record Answer(@Nullable ObjectId accepted, ObjectId tip, List<Problem> problems) {}

  TrustedTips(PolicyReader policies, List<Signer> always, FirstSeen seen) {
    this.policies = policies;
    this.always = always;
    this.seen = seen;
  }

  /**
   * Why a tip is not followed; empty when it is.
   *
   * @param accepted what is followed until now; null for nothing
   * @param inForce what runs were made for last; null for nothing
   */
  List<Problem> refusals(
      Repository repository,
      @Nullable ObjectId accepted,
      @Nullable ObjectId inForce,
      ObjectId tip) {
    Answer known = last;
    if (known == null || !tip.equals(known.tip()) || !isSame(accepted, known.accepted())) {
      known = new Answer(accepted, tip, ask(repository, accepted, inForce, tip));
      last = known;
    }
    return known.problems();
  }

  private static boolean isSame(@Nullable ObjectId one, @Nullable ObjectId other) {
    return one == null ? other == null : one.equals(other);
  }

  private List<Problem> ask(
      Repository repository,
      @Nullable ObjectId accepted,
      @Nullable ObjectId inForce,
      ObjectId tip) {
    try (CommitCheck check = new CommitCheck(repository, policies, always, seen)) {
      SignaturePolicy before = inForce == null ? null : check.policy(inForce).value();
      CommitCheck.Result result =
          check.judge(accepted, tip, before == null ? SignaturePolicy.NONE : before);
      return result.isTrusted() ? List.of() : told(result.all(), accepted, tip);
    }
  }

  private static List<Problem> told(List<Problem> all, @Nullable ObjectId accepted, ObjectId tip) {
    List<Problem> told = new ArrayList<>(all.subList(0, Math.min(all.size(), MOST_TOLD)));
    if (all.size() > MOST_TOLD) {
      told.add(Problem.ofMore("%,d more commits are refused".formatted(all.size() - MOST_TOLD)));
    }
    String now = Judged.brief(tip.name());
    String stays =
        accepted == null ? "nothing is followed" : Judged.brief(accepted.name()) + " stays";
    told.add(
        Problem.of(
                "revision-untrusted",
                "revision %s is not followed, since it brings what no signer answers for; %s"
                    .formatted(now, stays))
            .hint(
                "Push the branch without those commits ('git push --force-with-lease'): what was"
                    + " refused was not followed, so that is no rewritten history. Or vouch for"
                    + " them on the host: 'fjord accept --revision "
                    + now
                    + "'."));
    return told;
  }
}
