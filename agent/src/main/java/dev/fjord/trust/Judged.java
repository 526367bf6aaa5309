package dev.fjord.trust;

import dev.fjord.model.Signer;
import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One commit after it was judged.
 *
 * @param signer the signer; null when it is not known
 * @param key the fingerprint of the key; null when there is none
 * @param refusal why it is not trusted; null when it is
 */
public record Judged(
    String commit, @Nullable Signer signer, @Nullable String key, @Nullable Problem refusal) {

  /** The first 12 digits, as they are printed. */
  public static String brief(String commit) {
    return commit.substring(0, Math.min(12, commit.length()));
  }

  /** A signature that is worth nothing. */
  public static Problem of(String commit, Standing.Refused refused) {
    return Problem.of(refused.code(), "commit " + brief(commit) + " " + refused.why())
        .hint(refused.hint());
  }

  /**
   * A change that its signer may not make.
   *
   * @param path the first one
   * @param more how many others there are
   * @param merged whether the commit is a merge
   */
  public static Problem outOfPath(
      String commit, Signer signer, String path, int more, boolean merged) {
    String shown = Printable.clause(path);
    String others = more == 0 ? "" : " and %,d more".formatted(more);
    return Problem.of(
            "commit-out-of-path",
            "commit %s, signed by %s, changes %s%s%s, which %s may not change"
                .formatted(
                    brief(commit),
                    signer.name(),
                    shown,
                    others,
                    merged ? " otherwise than any line that it merges" : "",
                    signer.name()))
        .detail(
            signer.name()
                + " may change "
                + String.join(", ", signer.paths().stream().map(Object::toString).toList()))
        .hint(
            merged
                ? "Merge without changes of your own there, or have somebody merge who may make"
                    + " them."
                : "Leave that out of the commit, or have it signed by a signer who may change it.")
        .at(Location.file(shown));
  }

  /** All that is refused. */
  public static List<Problem> refusals(List<Judged> judged) {
    return judged.stream()
        .filter(one -> one.refusal() != null)
        .map(one -> Objects.requireNonNull(one.refusal()))
        .toList();
  }
}
