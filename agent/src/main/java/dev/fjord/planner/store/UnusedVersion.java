package dev.fjord.planner.store;

import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import dev.fjord.plan.VersionReferences;
import dev.fjord.planner.draft.Draft;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Versions that nothing needs: they leave their store once that is so for as long as the Site says.
 */
public final class UnusedVersion {
  private UnusedVersion() {}

  /**
   * Those that no document declares and nothing stands on, as the host is. Null when a record could
   * not be read: then it is unknown what is not needed.
   */
  public static @Nullable Set<Version> in(Desired desired, Observed observed) {
    VersionReferences standing = new VersionReferences(observed);
    if (!standing.isKnown()) {
      return null;
    }
    Set<Version> unused = new HashSet<>();
    for (StoredImage image : observed.images()) {
      add(unused, new Version(Kind.IMAGE, image.name(), image.digest()), desired, standing);
    }
    for (StoredKernel kernel : observed.kernels()) {
      add(unused, new Version(Kind.KERNEL, kernel.name(), kernel.digest()), desired, standing);
    }
    return unused;
  }

  private static void add(
      Set<Version> unused, Version version, Desired desired, VersionReferences standing) {
    if (!isDeclared(desired, version) && standing.on(version).isEmpty()) {
      unused.add(version);
    }
  }

  static boolean isDeclared(Desired desired, Version version) {
    return version.kind() == Kind.IMAGE
        ? VersionUpkeep.image(desired, version) != null
        : VersionUpkeep.kernel(desired, version) != null;
  }

  /** Plans the removal of one that nothing needs, when it is due. */
  static void leave(
      Version version,
      Instant since,
      String freed,
      Desired desired,
      Observed observed,
      Draft draft) {
    if (observed.at().isBefore(since.plus(desired.site().unusedKept()))) {
      return;
    }
    draft.add(
        VersionUpkeep.change(
            version,
            Action.DELETE,
            "delete/" + version,
            Cause.INTENDED,
            "no document declares it, and nothing stands on it since " + since + "; " + freed,
            new Step.RemoveVersion(version)));
  }
}
