package dev.fjord.host.linux.disk;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Volume;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes volumes longer, and then their file systems. The record that is written after both says
 * that both were tried: when a call is cut off in between, the next one does both again, which
 * changes nothing that is done. A file system that cannot grow (the guest put another one there, or
 * broke it) does not prevent a start: the device is larger, and the machine's owner can grow what
 * is on it; so this is reported once, and not tried again.
 */
final class VolumeGrowth {
  private final Layout layout;
  private final Filesystems filesystems;
  private final FailPoint failPoint;

  VolumeGrowth(Layout layout, Filesystems filesystems, FailPoint failPoint) {
    this.layout = layout;
    this.filesystems = filesystems;
    this.failPoint = failPoint;
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
   * @return which file systems did not grow, and why; empty when all did
   */
  List<String> apply(InstanceRecord before, InstanceRecord now, Map<ResourceName, ByteSize> found)
      throws IOException {
    List<String> left = new ArrayList<>();
    for (Volume volume : now.applied().volumes()) {
      boolean recorded = before.applied().volumes().contains(volume);
      if (found.containsKey(volume.name()) && !(recorded && isAsLong(found, volume))) {
        SparseFile.lengthen(layout.volume(now.name(), volume.name()), volume.size().bytes());
        failPoint.after("a longer volume");
        left.addAll(filesystems.growVolume(now, volume));
        failPoint.after("a larger file system");
      }
    }
    return left;
  }
}
