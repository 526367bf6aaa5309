package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.ByteSize;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.TrashUse;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.TrashedRoot;
import dev.fjord.model.Volume;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was removed: an instance's whole folder as {@code TIME-NAME}, a volume alone as {@code
 * TIME-NAME.VOLUME/volumes/VOLUME.img}, a root alone as {@code TIME-NAME.root/root.cow}, each with
 * the record of its instance. TIME is in UTC, so that later ones sort after earlier ones.
 * Everything moves by renames (a root by a link and a rename) on one file system: no byte is
 * copied, and everything is always in at least one of the two places.
 */
final class Trash {
  /** A name never holds a dot. */
  private static final Pattern FORM =
      Pattern.compile(
          "[0-9]{8}T[0-9]{6}Z-(" + ResourceName.PATTERN + ")(\\.(" + ResourceName.PATTERN + "))?");

  /**
   * What a root's folder has where a volume's has the volume's name; a volume may have this name,
   * too.
   */
  private static final String ROOT = "root";

  private final Layout layout;
  private final RecordStore records;
  private final Clock clock;
  private final FailPoint failPoint;

  Trash(Layout layout, RecordStore records, Clock clock, FailPoint failPoint) {
    this.layout = layout;
    this.records = records;
    this.clock = clock;
    this.failPoint = failPoint;
  }

  /** Moves an instance's folder, with the record in it, into the trash. */
  void take(ResourceName name) throws IOException {
    Folders.make(layout.trash(), Folders.PRIVATE);
    DurableFile.moveIntoPlace(layout.instance(name), free(name.value()));
    Folders.sync(layout.instances());
  }

  /** Moves one volume into the trash, beside a copy of its instance's record. */
  void takeVolume(InstanceRecord record, ResourceName volume) throws IOException {
    Folders.make(layout.trash(), Folders.PRIVATE);
    Path folder = free(record.name() + "." + volume);
    // The folder is whole before the volume is in it: any run may remove unfinished ones.
    Folders.make(Layout.volumesIn(folder), Folders.PASSABLE);
    records.keepIn(folder, record);
    failPoint.after("a folder for the volume in the trash");
    DurableFile.moveIntoPlace(
        layout.volume(record.name(), volume), Layout.volumeIn(folder, volume));
    Folders.sync(layout.trash());
  }

  /**
   * Gives the root that an instance has a second name in the trash, beside the record that says
   * what it stands on. Another root can then take its place by one rename, and the place is never
   * empty.
   */
  void keepRoot(InstanceRecord record) throws IOException {
    Path root = layout.rootCow(record.name());
    Folders.make(layout.trash(), Folders.PRIVATE);
    for (Path folder : foldersOf(record, ROOT)) {
      if (Files.isSameFile(Layout.rootCowIn(folder), root)) {
        return; // Done by a call that was cut off.
      }
    }
    Path folder = free(record.name() + "." + ROOT);
    Folders.make(folder, Folders.PASSABLE);
    records.keepIn(folder, record);
    failPoint.after("a folder for the root in the trash");
    Files.createLink(Layout.rootCowIn(folder), root);
    Folders.sync(folder);
    Folders.sync(layout.trash());
  }

  /** The folder where the root of this instance on this version was last put; if any. */
  Optional<Path> rootOf(InstanceRecord record) throws IOException {
    for (Path folder : foldersOf(record, ROOT)) {
      InstanceRecord kept = recordOf(folder);
      if (kept != null && kept.hasRootOf(record)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  /** Latest first; those that hold a root. */
  private List<Path> foldersOf(InstanceRecord record, String disk) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (Path folder : Folders.list(layout.trash())) {
      Matcher form = FORM.matcher(folder.getFileName().toString());
      if (form.matches()
          && disk.equals(form.group(4))
          && Folders.isFile(Layout.rootCowIn(folder))
          && isOf(folder, record)) {
        folders.add(folder);
      }
    }
    Collections.reverse(folders);
    return folders;
  }

  /** The folder where a volume of this instance, no larger than this one, was last put; if any. */
  Optional<Path> folderOf(InstanceRecord record, Volume volume) throws IOException {
    List<Path> latestFirst = new ArrayList<>(Folders.list(layout.trash()));
    Collections.reverse(latestFirst);
    for (Path folder : latestFirst) {
      Matcher form = FORM.matcher(folder.getFileName().toString());
      Path disk = Layout.volumeIn(folder, volume.name());
      if (form.matches()
          && volume.name().value().equals(form.group(4))
          && Folders.isFile(disk)
          && Files.size(disk) <= volume.size().bytes()
          && isOf(folder, record)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private boolean isOf(Path folder, InstanceRecord record) {
    InstanceRecord kept = recordOf(folder);
    return kept != null && kept.identity().equals(record.identity());
  }

  /**
   * The record, read by the name in the folder's own name: its instance may have another name by
   * now.
   */
  private @Nullable InstanceRecord recordOf(Path folder) {
    Matcher form = FORM.matcher(folder.getFileName().toString());
    return form.matches()
        ? records.readFrom(Layout.recordIn(folder), new ResourceName(form.group(1))).value()
        : null;
  }

  /** The instances in the trash, oldest first; what cannot be read is a problem and stays. */
  Checked<List<TrashedInstance>> list() throws IOException {
    List<TrashedInstance> trashed = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Path entry : Folders.list(layout.trash())) {
      String folder = entry.getFileName().toString();
      Matcher form = FORM.matcher(folder);
      if (!form.matches() || !Folders.isFolder(entry)) {
        problems.add(
            Problem.of("stranger", entry + " was not put into the trash by fjord")
                .hint("It is left alone. Move it elsewhere."));
      } else if (form.group(4) == null) {
        Checked<InstanceRecord> record =
            records.readFrom(Layout.recordIn(entry), new ResourceName(form.group(1)));
        problems.addAll(record.problems());
        if (record.value() != null) {
          trashed.add(new TrashedInstance(folder, record.value()));
        }
      }
    }
    return new Checked<>(trashed, problems);
  }

  /** Every folder that was put into the trash, oldest first; what it takes is not looked at. */
  List<TrashUse> folders() throws IOException {
    List<TrashUse> folders = new ArrayList<>();
    for (Path folder : Folders.list(layout.trash())) {
      String name = folder.getFileName().toString();
      Matcher form = FORM.matcher(name);
      if (form.matches() && Folders.isFolder(folder)) {
        ResourceName instance = new ResourceName(form.group(1));
        folders.add(
            new TrashUse(
                name,
                records.readFrom(Layout.recordIn(folder), instance).value(),
                form.group(4) == null ? null : volume(folder, new ResourceName(form.group(4))),
                ByteSize.ZERO));
      }
    }
    return folders;
  }

  private static @Nullable Volume volume(Path folder, ResourceName name) throws IOException {
    Path disk = Layout.volumeIn(folder, name);
    return Folders.isFile(disk) ? new Volume(name, new ByteSize(Files.size(disk))) : null;
  }

  /** Every root in the trash; also one in a folder of another form, which was renamed by hand. */
  List<TrashedRoot> roots() throws IOException {
    List<TrashedRoot> roots = new ArrayList<>();
    for (Path folder : Folders.list(layout.trash())) {
      Path root = Layout.rootCowIn(folder);
      if (!Folders.isFolder(folder) || !Folders.isFile(root)) {
        continue;
      }
      String name = folder.getFileName().toString();
      Matcher form = FORM.matcher(name);
      InstanceRecord record =
          form.matches()
              ? records.readFrom(Layout.recordIn(folder), new ResourceName(form.group(1))).value()
              : null;
      RootHeader header = RootHeader.read(root, layout);
      roots.add(new TrashedRoot(name, record, header == null ? null : header.backing()));
    }
    return roots;
  }

  /**
   * The folder of that name in the trash.
   *
   * @throws dev.fjord.problem.ProblemException when it is not there, or not this instance's
   */
  Path folderOf(String folder, InstanceRecord record) {
    Matcher form = FORM.matcher(folder);
    Path path = layout.trash().resolve(form.matches() ? folder : "no-such-form");
    if (!form.matches() || form.group(4) != null || !Folders.isFolder(path)) {
      throw Problem.of(
              "trash-missing", "instance " + record.name() + " is not in the trash as " + folder)
          .hint("Look into " + layout.trash() + ": it may have been restored or removed by hand.")
          .asException();
    }
    if (!isOf(path, record)) {
      throw Problem.of(
              "trash-other", path + " is not the instance " + record.name() + " that is wanted")
          .detail("wanted: identity " + record.identity())
          .hint("It stays in the trash.")
          .asException();
    }
    return path;
  }

  private Path free(String rest) {
    Instant at = clock.instant();
    Path path = layout.trash().resolve(TrashedInstance.TIME.format(at) + "-" + rest);
    while (Folders.exists(path)) {
      // The second one within a second is dated a second later: order counts, not the moment.
      at = at.plusSeconds(1);
      path = layout.trash().resolve(TrashedInstance.TIME.format(at) + "-" + rest);
    }
    return path;
  }
}
