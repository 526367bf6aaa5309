package dev.fjord.host.linux.disk;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Volume;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes volumes longer, and then their file systems. The record that is written after both says
 * that both were tried: ended in between, the next call does both again, which changes nothing that
 * is done. A file system that cannot grow (the guest put another one there, or broke it) keeps
 * nobody from being started: the device is larger, and whoever owns the machine can grow what is on
 * it; so that is told once, and not tried again.
 */
final class VolumeGrowth {
  private final Layout layout;
  private final FilesystemGrowth filesystems;
  private final Fault fault;

  VolumeGrowth(Layout layout, FilesystemGrowth filesystems, Fault fault) {
    this.layout = layout;
    this.filesystems = filesystems;
    this.fault = fault;
  }

  /**
   * Whether every volume of {@code now} was recorded with its size and is as long, or longer: a
   * growth that was begun is not taken back.
   */
  static boolean isDone(Instance before, Instance now, Map<ResourceName, ByteSize> found) {
    return now.volumes().stream()
        .allMatch(volume ->
            before.volumes().contains(volume)
                && found.containsKey(volume.name())
                && isAsLong(found, volume));
  }

  private static boolean isAsLong(Map<ResourceName, ByteSize> found, Volume volume) {
    return Objects.requireNonNull(found.get(volume.name())).compareTo(volume.size()) >= 0;
  }

  /**
   * Grows what was there before.
   *
   * @param found the files' lengths before anything was made
   * @return which file systems did not grow, and why; null when all did
   */
  @Nullable Problem apply(
      InstanceRecord before, InstanceRecord now, Map<ResourceName, ByteSize> found)
      throws IOException {
    List<String> left = new ArrayList<>();
    for (Volume volume : now.applied().volumes()) {
      boolean recorded = before.applied().volumes().contains(volume);
      if (found.containsKey(volume.name()) && !(recorded && isAsLong(found, volume))) {
        SparseFile.lengthen(layout.volume(now.name(), volume.name()), volume.size().bytes());
        fault.after("a longer volume");
        grow(now, volume, left);
        fault.after("a larger file system");
      }
    }
    return left.isEmpty() ? null : left(now, left);
  }

  private void grow(InstanceRecord record, Volume volume, List<String> left) {
    try {
      filesystems.grow(record, volume.name());
    } catch (ProblemException e) {
      Problem why = e.problem();
      left.add(
          "volume "
              + volume.name()
              + ", "
              + volume.size()
              + " now: "
              + why.summary()
              + (why.detail() == null ? "" : "; " + why.detail()));
    }
  }

  private static Problem left(InstanceRecord record, List<String> left) {
    return Problem.of(
            "filesystem-not-grown",
            "instance " + record.name() + " has a larger disk, but not a larger file system on it")
        .detail(String.join("\n", left))
        .hint(
            "What is on it stays as it was, and this is not tried again. In the machine, as root:"
                + " resize2fs, or what fits the file system that is there.");
  }
}
