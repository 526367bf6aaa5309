package dev.fjord.plan;

import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import java.util.List;
import java.util.Locale;

/** What is reported about a version whose bytes do not have its digest. */
public final class ChangedVersion {
  /** What to do about one that was built here. */
  public static final String BUILT_HINT =
      "It was built here, and a second build would have other bytes. Put a copy of the file back:"
          + " the next run verifies it. Or change the recipe, which makes another version.";

  private ChangedVersion() {}

  /** Its code, and the guard that blocks what would stand on it: {@code image-changed}. */
  public static String code(Version version) {
    return version.kind().name().toLowerCase(Locale.ROOT) + "-changed";
  }

  /**
   * The alarm.
   *
   * @param found what was found, a clause or some lines
   * @param standing what stands on it
   * @param built whether it was built here, so that no source has its bytes
   */
  public static Problem alarm(Version version, String found, List<String> standing, boolean built) {
    return Problem.of(code(version), version.words() + " in the store is not what was stored")
        .detail(found + "\n" + standing(version, standing))
        .hint(
            "None of them is started until it is repaired; those that run go on. Find out who wrote"
                + " there, or whether the disk fails"
                + (built
                    ? ". " + BUILT_HINT
                    : "; then 'fjord repair " + version + "' stores it again from its source."));
  }

  /** What stands on it, in a line. */
  public static String standing(Version version, List<String> standing) {
    String verb = version.kind() == Kind.IMAGE ? "standing on it: " : "to be run by it: ";
    if (standing.isEmpty()) {
      return verb + "nobody yet";
    }
    return verb + String.join(", ", standing);
  }
}
