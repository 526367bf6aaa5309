package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.model.ByteSize;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Volume;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the disks in an instance's folder match its record. First what can fail (new disks, which
 * need room), then what takes away.
 */
final class DiskChanges {
  private final Layout layout;
  private final Trash trash;
  private final RootReplacement root;
  private final VolumeGrowth growth;
  private final RootGrowth rootGrowth;
  private final Filesystems filesystems;
  private final FailPoint failPoint;

  DiskChanges(Layout layout, Trash trash, Filesystems filesystems, FailPoint failPoint) {
    this.layout = layout;
    this.trash = trash;
    this.root = new RootReplacement(layout, trash, failPoint);
    this.growth = new VolumeGrowth(layout, filesystems, failPoint);
    this.rootGrowth = new RootGrowth(layout, failPoint);
    this.filesystems = filesystems;
    this.failPoint = failPoint;
  }

  /** Whether the disks are as the record says, so that {@link #apply} would make none. */
  boolean areMade(InstanceRecord before, InstanceRecord record) throws IOException {
    Map<ResourceName, ByteSize> found = VolumeFiles.in(layout.instance(record.name()));
    RootHeader header = RootHeader.read(layout.rootCow(record.name()), layout);
    return root.isMade(before, record)
        && (header == null || !header.isMoved())
        && RootGrowth.isDone(before, record)
        && found.keySet().equals(names(record))
        && VolumeGrowth.isDone(before.applied(), record.applied(), found)
        && swapIsMade(layout.swap(record.name()), record.applied().swap());
  }

  private static Set<ResourceName> names(InstanceRecord record) {
    return record.applied().volumes().stream().map(Volume::name).collect(Collectors.toSet());
  }

  private static boolean swapIsMade(Path place, ByteSize wanted) throws IOException {
    boolean there = Folders.isFile(place);
    return wanted.bytes() == 0 ? !there : there && Files.size(place) == wanted.bytes();
  }

  /**
   * Makes them so.
   *
   * @return what could not be done, and hinders nothing; null for nothing
   */
  @Nullable Problem apply(InstanceRecord before, InstanceRecord record) throws IOException {
    Path folder = layout.instance(record.name());
    VolumeFiles.refuseToShrink(before.applied(), record.applied());
    Map<ResourceName, ByteSize> found = new TreeMap<>(VolumeFiles.in(folder));
    Folders.make(Layout.volumesIn(folder), Folders.PASSABLE);
    for (Volume volume : record.applied().volumes()) {
      if (!found.containsKey(volume.name())) {
        found.putAll(bring(record, volume));
        failPoint.after("a volume in its place");
      }
    }
    swap(record);
    failPoint.after("a swap in its place");
    root.make(before, record);
    if (RootHeader.mend(record.name(), layout.rootCow(record.name()), layout)) {
      failPoint.after("a root that names its image where it is");
    }
    boolean larger = rootGrowth.apply(record);
    removeUndeclared(record, found.keySet());
    own(record);
    List<String> left = new ArrayList<>();
    // What is carried over fills its root already.
    if (!RootGrowth.isDone(before, record) && (larger || !record.isBeingRebased())) {
      left.addAll(filesystems.growRoot(record, layout.rootCow(record.name())));
      failPoint.after("a larger file system on the root");
    }
    left.addAll(growth.apply(before, record, found));
    return Filesystems.left(record, left);
  }

  /**
   * A volume that is declared again gets the bytes that it had; returns its length where it is to
   * grow.
   */
  private Map<ResourceName, ByteSize> bring(InstanceRecord record, Volume volume)
      throws IOException {
    Path place = layout.volume(record.name(), volume.name());
    Optional<Path> kept = trash.folderOf(record, volume);
    if (kept.isPresent()) {
      DurableFile.moveIntoPlace(Layout.volumeIn(kept.get(), volume.name()), place);
      failPoint.after("a volume back from the trash");
      Folders.delete(kept.get());
      ByteSize size = new ByteSize(Files.size(place));
      return size.equals(volume.size()) ? Map.of() : Map.of(volume.name(), size);
    }
    whole(place, unfinished -> BlankDisk.volume(unfinished, volume, record.uid()));
    return Map.of();
  }

  /** What was swapped out is of no use to the next boot, so nothing of it is kept. */
  private void swap(InstanceRecord record) throws IOException {
    Path place = layout.swap(record.name());
    ByteSize wanted = record.applied().swap();
    if (swapIsMade(place, wanted)) {
      return;
    }
    if (wanted.bytes() == 0) {
      Folders.delete(place);
    } else {
      whole(place, unfinished -> BlankDisk.swap(unfinished, wanted, record.uid()));
    }
  }

  private void whole(Path place, DiskMaker maker) throws IOException {
    Path unfinished = DurableFile.beside(place);
    try {
      Folders.delete(unfinished);
      maker.make(unfinished);
      failPoint.after("an unfinished disk");
      DurableFile.moveIntoPlace(unfinished, place);
    } catch (IOException | ProblemException e) {
      Folders.delete(unfinished);
      throw e;
    }
  }

  private void removeUndeclared(InstanceRecord record, Set<ResourceName> found) throws IOException {
    for (ResourceName volume : found) {
      if (!names(record).contains(volume)) {
        trash.takeVolume(record, volume);
        failPoint.after("a volume in the trash");
      }
    }
  }

  private void own(InstanceRecord record) throws IOException {
    Path folder = layout.instance(record.name());
    BlankDisk.own(Layout.rootCowIn(folder), record.uid());
    if (Folders.isFile(Layout.swapIn(folder))) {
      BlankDisk.own(Layout.swapIn(folder), record.uid());
    }
    for (ResourceName volume : VolumeFiles.in(folder).keySet()) {
      BlankDisk.own(Layout.volumeIn(folder, volume), record.uid());
    }
  }

  /** Makes a disk at a path that nothing looks at yet. */
  @FunctionalInterface
  private interface DiskMaker {
    void make(Path unfinished) throws IOException;
  }
}
