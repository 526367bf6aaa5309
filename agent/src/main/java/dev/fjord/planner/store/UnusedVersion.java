package dev.fjord.planner.store;

import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.plan.VersionReferences;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A version that nothing needs: it leaves its store once it has been unused for as long as the Site
 * says.
 */
public final class UnusedVersion {
  private UnusedVersion() {}

  /**
   * The versions that no document declares and nothing on the host stands on. Null when a record
   * could not be read: then it is unknown what is not needed.
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
    if (!DeclaredVersion.isDeclared(desired, version) && standing.on(version).isEmpty()) {
      unused.add(version);
    }
  }
}
