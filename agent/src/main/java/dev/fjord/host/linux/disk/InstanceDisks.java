package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.ByteSize;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.Rebase;
import dev.fjord.model.RebaseReport;
import dev.fjord.model.ResourceName;
import dev.fjord.model.TrashUse;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.TrashedRoot;
import dev.fjord.model.Volume;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The folders of instances: disks and record. Every call can be cut off at any instant and made
 * again; calls about different instances may run side by side.
 *
 * <p>A folder belongs to root and lets others only pass (0711), the disks in it to the instance's
 * user alone (0600): that user can write into its disks, but never put a link or another file in
 * their place.
 */
public final class InstanceDisks {
  private final Layout layout;
  private final RecordStore records;
  private final Trash trash;
  private final DiskChanges changes;
  private final RootRebase rebase;
  private final RootReplacement roots;
  private final Filesystems filesystems;
  private final FailPoint failPoint;

  /**
   * @param filesystems grows the file system on a disk that became larger
   */
  public InstanceDisks(Layout layout, FilesystemGrowth filesystems) {
    this(layout, filesystems, new RecordStore(layout), Clock.systemUTC(), FailPoint.NONE);
  }

  InstanceDisks(
      Layout layout,
      FilesystemGrowth filesystems,
      RecordStore records,
      Clock clock,
      FailPoint failPoint) {
    this.layout = layout;
    this.records = records;
    this.failPoint = failPoint;
    this.trash = new Trash(layout, records, clock, failPoint);
    this.filesystems = new Filesystems(layout, filesystems);
    this.changes = new DiskChanges(layout, trash, this.filesystems, failPoint);
    this.rebase = new RootRebase(layout, trash, failPoint);
    this.roots = new RootReplacement(layout, trash, failPoint);
  }

  /**
   * What lies in an instance's folder. Sizes are those of the files; the backing file is what the
   * root's COW header says, which the instance's user can change, see {@link RootHeader}.
   *
   * @return with a problem when the root is missing, or no COW of version 3
   * @throws ProblemException when the folder could not be read
   */
  public Checked<ObservedDisks> observe(ResourceName name) {
    Path folder = layout.instance(name);
    List<Problem> problems = new ArrayList<>();
    try {
      Path swap = Layout.swapIn(folder);
      ByteSize swapSize = Folders.isFile(swap) ? new ByteSize(Files.size(swap)) : null;
      Path backing = null;
      Path named = null;
      if (Folders.isFile(Layout.rootCowIn(folder))) {
        switch (CowHeader.read(Layout.rootCowIn(folder))) {
          case CowHeader.V3 header -> {
            RootHeader root = RootHeader.of(header, layout);
            backing = root.backing();
            named = root.isMoved() ? root.named() : null;
          }
          case CowHeader.Other other -> problems.add(noCow(name, other.reason()));
        }
      } else {
        problems.add(rootMissing(name));
      }
      Map<ResourceName, ByteSize> volumes = VolumeFiles.in(folder);
      return new Checked<>(new ObservedDisks(backing, named, swapSize, volumes), problems);
    } catch (IOException e) {
      throw DiskProblem.of("looking at the disks in " + folder, e);
    }
  }

  /**
   * Makes an instance's folder; it is in its place only when it is whole. Where the instance is
   * already there, this is {@link #update}.
   *
   * @return as of {@link #update}
   * @throws ProblemException when the image is not stored, the place is taken by another instance,
   *     or there is no room; nothing is left behind then
   */
  public @Nullable Problem create(InstanceRecord record) {
    Path place = layout.instance(record.name());
    if (Folders.exists(place)) {
      return update(record);
    }
    Path image = layout.image(record.applied().image(), record.base());
    if (!Folders.isFile(image)) {
      throw Problem.of(
              "image-missing", "instance " + record.name() + " needs an image that is not stored")
          .detail(image.toString())
          .hint("Store the image first; nothing was made.")
          .asException();
    }
    Path unfinished = DurableFile.beside(place);
    try {
      Folders.make(layout.instances(), Folders.PASSABLE);
      Folders.delete(unfinished);
      WideImage.provide(layout, record);
      List<String> left = fill(unfinished, record);
      DurableFile.moveIntoPlace(unfinished, place);
      failPoint.after("the folder in its place");
      return Filesystems.left(record, left);
    } catch (IOException e) {
      throw cleared(unfinished, DiskProblem.of("making instance " + record.name(), e));
    } catch (ProblemException e) {
      throw cleared(unfinished, e);
    }
  }

  private List<String> fill(Path folder, InstanceRecord record) throws IOException {
    List<String> left = new ArrayList<>();
    Folders.make(folder, Folders.PASSABLE);
    Folders.make(Layout.volumesIn(folder), Folders.PASSABLE);
    failPoint.after("an unfinished folder");
    BlankDisk.root(Layout.rootCowIn(folder), layout.image(record), record.uid());
    failPoint.after("a root");
    if (record.applied().root() != null) {
      left.addAll(filesystems.growRoot(record, Layout.rootCowIn(folder)));
      failPoint.after("a larger file system on the root");
    }
    if (record.applied().swap().bytes() > 0) {
      BlankDisk.swap(Layout.swapIn(folder), record.applied().swap(), record.uid());
      failPoint.after("a swap");
    }
    for (Volume volume : record.applied().volumes()) {
      BlankDisk.volume(Layout.volumeIn(folder, volume.name()), volume, record.uid());
      failPoint.after("a volume");
    }
    Folders.sync(Layout.volumesIn(folder));
    records.writeInto(folder, record);
    failPoint.after("a record");
    Folders.sync(folder);
    return left;
  }

  private static ProblemException cleared(Path unfinished, ProblemException failure) {
    try {
      Folders.delete(unfinished);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /**
   * Makes the disks what the record says, then writes the record: missing volumes are made or come
   * back from the trash, volumes that are no longer declared go there, larger ones grow, a swap of
   * another size is made anew, a root of another version is replaced (see {@link RootReplacement}).
   * No kernel of the instance may run.
   *
   * @return what was not done and does no harm: a file system that did not grow with its volume;
   *     null for nothing. The next call does not report it again
   * @throws ProblemException when that would lose something: a root that is missing, a volume that
   *     would become smaller, a folder of another instance, a root that is in use; nothing was
   *     changed then
   */
  public @Nullable Problem update(InstanceRecord record) {
    ResourceName name = record.name();
    InstanceRecord before = before(record);
    Problem left = null;
    try {
      // While the instance runs, settings that concern no disk may change, for example that it is
      // to be paused.
      if (!changes.areMade(before, record) || !RootLock.isInUse(layout.rootCow(name))) {
        RootLock.refuseWhileInUse(name, layout.rootCow(name));
        left = changes.apply(before, record);
      }
    } catch (IOException e) {
      throw DiskProblem.of("changing the disks of " + name, e);
    }
    records.write(record);
    failPoint.after("a record");
    return left;
  }

  /** The present record of a folder that has a root and is the instance's. */
  private InstanceRecord before(InstanceRecord record) {
    ResourceName name = record.name();
    InstanceRecord before = records.read(name).orThrow();
    refuseOther(before, record);
    if (!Folders.isFile(layout.rootCow(name))) {
      throw rootMissing(name).asException();
    }
    return before;
  }

  private static void refuseOther(InstanceRecord there, InstanceRecord wanted) {
    if (!there.identity().equals(wanted.identity())) {
      throw Problem.of(
              "place-taken", "the folder of " + there.name() + " belongs to another instance")
          .detail("there: identity " + there.identity() + ", wanted: " + wanted.identity())
          .hint("It is left alone. Choose another name, or remove the other instance first.")
          .asException();
    }
  }

  /** Whether its root stands where {@code record} says, recorded or not. */
  public boolean isCarriedOver(InstanceRecord record) {
    try {
      return roots.isMade(before(record), record);
    } catch (IOException e) {
      throw DiskProblem.of("looking at the root of " + record.name(), e);
    }
  }

  /**
   * Carries the root over to the version that {@code record} names, unless that was done; then as
   * {@link #update}. No kernel of the instance may run. It is recorded before anything is touched.
   *
   * @param record with the rebase that it is for
   * @param found receives what was carried over, unless that was done before
   * @return as {@link #update}
   * @throws ProblemException when it could not be carried over: the old root is in its place, and
   *     the record says why it stays there
   */
  public @Nullable Problem carryOver(
      InstanceRecord record, RootMerge merge, Consumer<RebaseReport> found) {
    InstanceRecord before = before(record);
    try {
      RootLock.refuseWhileInUse(record.name(), layout.rootCow(record.name()));
      if (!roots.isMade(before, record)) {
        roots.make(before, before); // Clears up after a rebase to another version that was cut off.
        records.write(before.withRebase(record.rebase()));
        failPoint.after("a record of the intent");
        found.accept(rebase.make(before, record, merge));
      }
    } catch (IOException e) {
      throw stays(before, record, DiskProblem.of("rebasing instance " + record.name(), e));
    } catch (ProblemException e) {
      throw stays(before, record, e);
    }
    return update(record);
  }

  private ProblemException stays(
      InstanceRecord before, InstanceRecord record, ProblemException why) {
    if (!why.problem().code().equals("interrupted")) {
      reject(record.on(before.version()), why.problem());
    }
    return why;
  }

  /**
   * Records why the version that an instance was moved to does not work for it; then as {@link
   * #update}.
   */
  public void reject(InstanceRecord record, Problem why) {
    Rebase tried = Objects.requireNonNull(record.rebase());
    String detail = why.detail() == null ? "" : ": " + why.detail().lines().findFirst().orElse("");
    update(record.withRebase(tried.failed(Printable.brief(why.summary() + detail))));
  }

  /**
   * Reports what carrying the root over to another version would do. The instance does not change.
   *
   * @param still runs the copying of the root while no kernel writes to it
   */
  public RebaseReport rehearse(
      InstanceRecord record, ImageVersion version, RootMerge merge, Consumer<Runnable> still) {
    Path folder = layout.instance(record.name());
    Path fresh = DurableFile.beside(folder.resolve("rehearsal.cow"));
    Path copy = DurableFile.beside(folder.resolve("rehearsed.cow"));
    try {
      RebaseReport report =
          rebase.draft(
              record,
              layout.image(version.image(), version.digest()),
              merge,
              new RootRebase.Bench(fresh, copy, still));
      Folders.delete(fresh);
      return report;
    } catch (IOException e) {
      throw DiskProblem.of("rehearsing a rebase of " + record.name(), e);
    }
  }

  /**
   * Gives an instance's folder another name, with the disks as they are, then makes disks and
   * record what {@code record} says, as {@link #update} does. No kernel of it may run. The call may
   * be repeated: the second copy of the record has the new name before the folder has, so that the
   * folder is the instance's at any instant.
   *
   * @param from the name that it has
   * @return as of {@link #update}
   * @throws ProblemException when the place is another instance's, or update would refuse
   */
  public @Nullable Problem rename(ResourceName from, InstanceRecord record) {
    Path place = layout.instance(record.name());
    if (!Folders.exists(place)) {
      InstanceRecord before = records.read(from).orThrow();
      refuseOther(before, record);
      try {
        RootLock.refuseWhileInUse(from, layout.rootCow(from));
        records.writeCopy(before.named(record));
        failPoint.after("a copy of the record under the new name");
        DurableFile.moveIntoPlace(layout.instance(from), place);
        Folders.sync(layout.instances());
      } catch (IOException e) {
        throw DiskProblem.of("renaming instance " + from + " to " + record.name(), e);
      }
      failPoint.after("the folder under the new name");
    }
    InstanceRecord renamed = records.read(record.name()).orThrow();
    refuseOther(renamed, record);
    records.write(renamed);
    failPoint.after("the record under the new name");
    if (!Folders.exists(layout.instance(from))) {
      records.forgetCopy(from);
    }
    return update(record);
  }

  /**
   * Moves an instance's whole folder, record included, into the trash; no folder is fine. No kernel
   * of it may run.
   *
   * @throws ProblemException when its record cannot be read: it could not be restored then
   */
  public void trash(ResourceName name) {
    try {
      if (Folders.exists(layout.instance(name))) {
        Checked<InstanceRecord> record = records.read(name);
        RootLock.refuseWhileInUse(name, layout.rootCow(name));
        if (!record.problems().isEmpty()) {
          records.write(record.orThrow());
        }
        trash.take(name);
        failPoint.after("the folder in the trash");
      }
      Folders.delete(DurableFile.beside(layout.instance(name)));
    } catch (IOException e) {
      throw DiskProblem.of("moving instance " + name + " to the trash", e);
    }
    records.forgetCopy(name);
  }

  /**
   * The instances in the trash, oldest first.
   *
   * @return its problems name what lies there and could not be read
   */
  public Checked<List<TrashedInstance>> trashed() {
    try {
      return trash.list();
    } catch (IOException e) {
      throw DiskProblem.of("looking into the trash " + layout.trash(), e);
    }
  }

  /** Every folder that was put into the trash, oldest first; what it takes is not looked at. */
  public List<TrashUse> trashFolders() {
    try {
      return trash.folders();
    } catch (IOException e) {
      throw DiskProblem.of("looking into the trash " + layout.trash(), e);
    }
  }

  /**
   * The user ids of disks whose record cannot be read, so that no other instance is given them.
   *
   * @param unread the instances whose record cannot be read
   * @param inTrash every folder that is there
   */
  public Set<Integer> strayUids(Collection<ResourceName> unread, Collection<TrashUse> inTrash) {
    Set<Integer> stray = new TreeSet<>();
    try {
      for (ResourceName name : unread) {
        stray.addAll(DiskOwners.of(layout.instance(name)));
      }
      for (TrashUse use : inTrash) {
        if (use.record() == null) {
          stray.addAll(DiskOwners.of(layout.trash().resolve(use.folder())));
        }
      }
      return stray;
    } catch (IOException e) {
      throw DiskProblem.of("looking whose disks lie there without a record", e);
    }
  }

  /** Every root in the trash, each of which stands on its image. */
  public List<TrashedRoot> trashedRoots() {
    try {
      return trash.roots();
    } catch (IOException e) {
      throw DiskProblem.of("looking at the roots in the trash " + layout.trash(), e);
    }
  }

  /**
   * Moves an instance back to its place, and makes its disks and record what {@code record} says,
   * as {@link #update} does. The call may be repeated.
   *
   * @param folder its name in the trash
   * @return as of {@link #update}
   * @throws ProblemException when the place is taken, or update would refuse; it stays there then
   */
  public @Nullable Problem restore(String folder, InstanceRecord record) {
    Path place = layout.instance(record.name());
    if (!Folders.exists(place)) {
      Path from = trash.folderOf(folder, record);
      try {
        InstanceRecord before = records.readFrom(Layout.recordIn(from), record.name()).orThrow();
        VolumeFiles.refuseToShrink(before.applied(), record.applied());
        if (!Folders.isFile(Layout.rootCowIn(from))) {
          throw rootMissing(record.name()).asException();
        }
        if (!before.leases().equals(record.leases())) {
          // This comes first, since another instance may have its former addresses by now.
          records.keepIn(from, before.withAddressesOf(record));
          failPoint.after("the addresses in the trash");
        }
        Folders.make(layout.instances(), Folders.PASSABLE);
        DurableFile.moveIntoPlace(from, place);
        Folders.sync(layout.trash());
      } catch (IOException e) {
        throw DiskProblem.of("restoring instance " + record.name() + " from " + from, e);
      }
      failPoint.after("the folder back in its place");
    }
    return update(record);
  }

  private Problem rootMissing(ResourceName name) {
    return Problem.of("root-missing", "instance " + name + " has lost its root: no COW file")
        .detail(layout.rootCow(name).toString())
        .hint(
            "It is never made anew in silence: that would look like lost data. Put the file back"
                + " from a backup, or remove the instance from the repository and add it again.");
  }

  private static Problem noCow(ResourceName name, String reason) {
    return Problem.of("root-no-cow", "the root of instance " + name + " is no usable COW file")
        .detail("root.cow: " + reason)
        .hint("It is left alone and not started. Put the file back from a backup.");
  }
}
