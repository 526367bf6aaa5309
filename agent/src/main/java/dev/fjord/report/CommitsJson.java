package dev.fjord.report;

import dev.fjord.problem.Problem;
import dev.fjord.source.CommitRange;
import dev.fjord.trust.Judged;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code fjord verify-commits} found, as programs read it.
 *
 * @param trusted whether all of it may be acted on
 * @param commits each one that was judged, in order
 * @param problems what is wrong beside them
 */
public record CommitsJson(
    int version,
    String base,
    String head,
    boolean trusted,
    List<CommitJson> commits,
    List<ProblemJson> problems) {
  private static final int VERSION = 1;

  public CommitsJson {
    commits = List.copyOf(commits);
    problems = List.copyOf(problems);
  }

  /**
   * One commit.
   *
   * @param signer the owner of the key that signed it; null where that is not known
   * @param key the fingerprint of that key
   * @param refused why it is not trusted; null when it is
   */
  public record CommitJson(
      String id, @Nullable String signer, @Nullable String key, @Nullable ProblemJson refused) {}

  /** Indented. */
  public static String text(CommitRange range) {
    return Json.pretty(
        new CommitsJson(
            VERSION,
            range.base(),
            range.head(),
            range.result().isTrusted(),
            range.result().commits().stream().map(CommitsJson::json).toList(),
            ProblemJson.all(range.result().problems())));
  }

  private static CommitJson json(Judged one) {
    Problem refusal = one.refusal();
    return new CommitJson(
        one.commit(),
        one.signer() == null ? null : one.signer().name().value(),
        one.key(),
        refusal == null ? null : ProblemJson.all(List.of(refusal)).get(0));
  }
}
