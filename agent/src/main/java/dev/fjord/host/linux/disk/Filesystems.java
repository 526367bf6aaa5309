package dev.fjord.host.linux.disk;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Volume;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Grows the file systems on disks that became larger, and reports those that did not grow. */
record Filesystems(Layout layout, FilesystemGrowth growth) {

  /** Why the file system on a volume did not grow; empty when it did. */
  List<String> growVolume(InstanceRecord record, Volume volume) {
    Path disk = layout.volume(record.name(), volume.name());
    return grow(record, disk, null, "volume " + volume.name() + ", " + volume.size());
  }

  /** Why the file system on a root did not grow; empty when it did. */
  List<String> growRoot(InstanceRecord record, Path root) {
    return grow(record, root, layout.image(record), "root, " + record.applied().root());
  }

  private List<String> grow(InstanceRecord record, Path disk, @Nullable Path backing, String what) {
    try {
      growth.grow(record, disk, backing);
      return List.of();
    } catch (ProblemException e) {
      Problem why = e.problem();
      String detail = why.detail() == null ? "" : "; " + why.detail();
      return List.of(what + " now: " + why.summary() + detail);
    }
  }

  /** The problem that is reported once when file systems did not grow; null when all did. */
  static @Nullable Problem left(InstanceRecord record, List<String> left) {
    return left.isEmpty()
        ? null
        : Problem.of(
                "filesystem-not-grown",
                "instance "
                    + record.name()
                    + " has a larger disk, but not a larger file system on it")
            .detail(String.join("\n", left))
            .hint(
                "What is on it stays as it was, and this is not tried again. In the machine, as"
                    + " root: resize2fs, or what fits the file system that is there.");
  }
}
