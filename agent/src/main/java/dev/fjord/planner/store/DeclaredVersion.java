package dev.fjord.planner.store;

import dev.fjord.model.Desired;
import dev.fjord.model.Image;
import dev.fjord.model.Kernel;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import org.jspecify.annotations.Nullable;

/** The document that declares a version, where there is one. */
final class DeclaredVersion {
  private DeclaredVersion() {}

  static boolean isDeclared(Desired desired, Version version) {
    return version.kind() == Kind.IMAGE
        ? image(desired, version) != null
        : kernel(desired, version) != null;
  }

  static @Nullable Image image(Desired desired, Version version) {
    Image image = desired.images().get(version.name());
    return image != null && image.version().equals(version.digest()) ? image : null;
  }

  static @Nullable Kernel kernel(Desired desired, Version version) {
    Kernel kernel = desired.kernels().get(version.name());
    return kernel != null && kernel.sha256().equals(version.digest()) ? kernel : null;
  }
}
