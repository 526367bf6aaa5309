package dev.fjord.report;

import dev.fjord.model.Digest;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.VerifiedVersion;
import dev.fjord.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code fjord verify} read, as programs read it.
 *
 * @param versions in the order in which they were read
 */
public record VerifyJson(int version, List<VersionJson> versions) {
  private static final int VERSION = 1;

  public VerifyJson {
    versions = List.copyOf(versions);
  }

  /**
   * One version.
   *
   * @param right whether its content has the digest that is pinned
   * @param problem null when it is right
   */
  public record VersionJson(
      String kind,
      ResourceName name,
      Digest digest,
      boolean right,
      @Nullable ProblemJson problem) {}

  /** Indented. */
  public static String text(List<VerifiedVersion> versions) {
    return Json.pretty(new VerifyJson(VERSION, versions.stream().map(VerifyJson::json).toList()));
  }

  private static VersionJson json(VerifiedVersion one) {
    Problem problem = one.problem();
    return new VersionJson(
        Words.of(one.version().kind()),
        one.version().name(),
        one.version().digest(),
        problem == null,
        problem == null ? null : ProblemJson.all(List.of(problem)).get(0));
  }
}
