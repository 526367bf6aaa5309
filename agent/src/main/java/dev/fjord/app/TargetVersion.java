package dev.fjord.app;

import dev.fjord.model.ImageVersion;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Which version a caller means. */
final class TargetVersion {
  private TargetVersion() {}

  /**
   * The one version of {@code others} that is meant.
   *
   * @param named as {@code tiny@0123456789ab}, or the beginning of the digest; empty for the only
   *     one
   */
  static ImageVersion of(List<ImageVersion> others, ResourceName instance, String named) {
    String digest = named.substring(named.indexOf('@') + 1);
    List<ImageVersion> meant =
        others.stream().filter(version -> version.digest().hex().startsWith(digest)).toList();
    if (meant.size() == 1) {
      return meant.get(0);
    }
    String stored = others.stream().map(ImageVersion::toString).collect(Collectors.joining(", "));
    if (others.isEmpty()) {
      throw Problem.of("no-other-version", "no other version of its image is stored")
          .detail("instance " + instance + " stands on the only one")
          .hint("Push the new sha256 of its Image; 'fjord apply' stores it.")
          .asException();
    }
    throw Problem.of(
            "which-version",
            named.isEmpty()
                ? "there is more than one version that " + instance + " could be moved to"
                : "'"
                    + named
                    + "' names "
                    + (meant.isEmpty() ? "no" : "more than one")
                    + " version")
        .detail("stored, besides its own: " + stored)
        .hint("Name one: --to " + others.get(0))
        .asException();
  }
}
