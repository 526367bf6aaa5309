package dev.fjord.plan;

import dev.fjord.model.ImageVersion;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.TrashedRoot;
import dev.fjord.plan.Step.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What stands on which version. Instances and roots in the trash stand on images, also where they
 * only read them; instances and running kernels need kernels. What a record says counts, what a COW
 * header says, and what a running kernel was started with.
 */
public record VersionReferences(Observed observed) {

  /** False when a record could not be read: then it is unknown what that stands on. */
  public boolean isKnown() {
    return observed.instances().stream().allMatch(one -> one.record() != null)
        && observed.trashedRoots().stream().allMatch(one -> one.record() != null);
  }

  /** Names of instances, and {@code trash/FOLDER}, in order. */
  public List<String> on(Version version) {
    TreeSet<String> names = new TreeSet<>();
    for (ObservedInstance one : observed.instances()) {
      if (version.kind() == Kind.IMAGE ? isOnImage(one, version) : isOnKernel(one, version)) {
        names.add(one.name().value());
      }
    }
    List<String> all = new ArrayList<>(names);
    if (version.kind() == Kind.IMAGE) {
      observed.trashedRoots().stream()
          .filter(root -> needs(root.record(), version) || isOn(root.backing(), version))
          .map(TrashedRoot::folder)
          .sorted()
          .forEach(folder -> all.add("trash/" + folder));
    }
    return all;
  }

  /** Whether an instance of this record needs the version. */
  public static boolean needs(@Nullable InstanceRecord record, Version version) {
    if (record == null) {
      return false;
    }
    return version.kind() == Kind.IMAGE
        ? record.applied().image().equals(version.name()) && record.base().equals(version.digest())
            || record
                .applied()
                .shared()
                .contains(new ImageVersion(version.name(), version.digest()))
        : record.applied().kernel().equals(version.name())
            && record.kernel().equals(version.digest());
  }

  private boolean isOnImage(ObservedInstance one, Version version) {
    RunningKernel kernel = one.kernel();
    return needs(one.record(), version)
        || isOn(one.disks().rootBacking(), version)
        || kernel != null
            && kernel.boot().arguments().stream()
                .filter(word -> word.startsWith("ubd"))
                .map(word -> word.replaceFirst("^[^=]*=([^,]*,)?", ""))
                .anyMatch(word -> word.startsWith("/") && isOn(Path.of(word), version));
  }

  /** On the version, or on a wide copy of it. */
  private boolean isOn(@Nullable Path backing, Version version) {
    return observed.layout().isImage(backing, version.name(), version.digest());
  }

  private boolean isOnKernel(ObservedInstance one, Version version) {
    RunningKernel kernel = one.kernel();
    return needs(one.record(), version)
        || kernel != null && kernel.boot().binary().equals(place(version));
  }

  private Path place(Version version) {
    return observed.layout().kernel(version.name(), version.digest());
  }
}
