package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.Volume;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What left: an instance's whole folder as {@code TIME-NAME}, a volume alone as {@code
 * TIME-NAME.VOLUME/volumes/VOLUME.img}, each with the record of its instance. TIME is in UTC, so
 * that later ones sort after earlier ones. Everything moves by one rename on one file system: no
 * byte is copied, and nothing is ever in two places or in none.
 */
final class Trash {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** A name never holds a dot. */
  private static final Pattern FORM =
      Pattern.compile(
          "[0-9]{8}T[0-9]{6}Z-(" + ResourceName.PATTERN + ")(\\.(" + ResourceName.PATTERN + "))?");

  private final Layout layout;
  private final RecordStore records;
  private final Clock clock;
  private final Fault fault;

  Trash(Layout layout, RecordStore records, Clock clock, Fault fault) {
    this.layout = layout;
    this.records = records;
    this.clock = clock;
    this.fault = fault;
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
    // The folder is whole before the volume is in it: unfinished ones may be removed by anybody.
    Folders.make(Layout.volumesIn(folder), Folders.PASSABLE);
    records.keepIn(folder, record);
    fault.after("a folder for the volume in the trash");
    DurableFile.moveIntoPlace(
        layout.volume(record.name(), volume), Layout.volumeIn(folder, volume));
    Folders.sync(layout.trash());
  }

  /** The folder where a volume of this instance, and of this size, was last put; if any. */
  Optional<Path> folderOf(InstanceRecord record, Volume volume) throws IOException {
    List<Path> latestFirst = new ArrayList<>(Folders.list(layout.trash()));
    Collections.reverse(latestFirst);
    for (Path folder : latestFirst) {
      Matcher form = FORM.matcher(folder.getFileName().toString());
      Path disk = Layout.volumeIn(folder, volume.name());
      if (form.matches()
          && record.name().value().equals(form.group(1))
          && volume.name().value().equals(form.group(4))
          && Folders.isFile(disk)
          && Files.size(disk) == volume.size().bytes()
          && isOf(folder, record)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private boolean isOf(Path folder, InstanceRecord record) {
    InstanceRecord kept = records.readFrom(Layout.recordIn(folder), record.name()).value();
    return kept != null && kept.identity().equals(record.identity());
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
    Path path = layout.trash().resolve(TIME.format(at) + "-" + rest);
    while (Folders.exists(path)) {
      // The second one within a second is dated a second later: order counts, not the moment.
      at = at.plusSeconds(1);
      path = layout.trash().resolve(TIME.format(at) + "-" + rest);
    }
    return path;
  }
}
