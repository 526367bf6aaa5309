package dev.fjord.host.linux.store;

import dev.fjord.file.DurableFile;
import dev.fjord.file.FileMemory;
import dev.fjord.json.FileFormat;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The records of instances: {@code instance.json} beside the disks, and a second copy apart from
 * them. The copy is written first, so it is never older than the record. Reading writes nothing.
 */
public final class RecordStore {
  /** A record with every volume and lease that fits is some kilobytes long. */
  static final int LONGEST = 1 << 20;

  private final Layout layout;
  private final InstantSource clock;
  static final FileFormat<StoredRecord> FORMAT =
      new FileFormat<>(
          StoredRecord.class,
          1,
          LONGEST,
          "Nothing on this host is changed meanwhile, and what runs goes on.");

  private final FileMemory<InstanceRecord> known = new FileMemory<>();

  public RecordStore(Layout layout) {
    this(layout, InstantSource.system());
  }

  /**
   * @param clock for when an address was left
   */
  public RecordStore(Layout layout, InstantSource clock) {
    this.layout = layout;
    this.clock = clock;
    FORMAT.learn();
  }

  /**
   * The record of every folder of an instance. Each value has a record, or no record and the
   * problem that says why; a record with a problem came from the second copy. A copy without a
   * folder counts for nothing.
   *
   * @return its problems name what does not belong among the folders
   * @throws ProblemException when the folders could not be listed, and {@link FileFormat#NEWER}:
   *     then it is not known which addresses and user ids are taken
   */
  public Checked<Map<ResourceName, Checked<InstanceRecord>>> readAll() {
    Map<ResourceName, Checked<InstanceRecord>> records = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(layout.instances())) {
      for (Path folder : folders) {
        String name = folder.getFileName().toString();
        if (name.startsWith(DurableFile.UNFINISHED)) {
          continue;
        }
        if (name.matches(ResourceName.PATTERN)
            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          records.put(new ResourceName(name), read(new ResourceName(name)));
        } else {
          problems.add(
              Problem.of("stranger", folder + " is no folder of an instance")
                  .hint("It is left alone. Move it elsewhere."));
        }
      }
    } catch (NoSuchFileException noneWasEverMade) {
      return Checked.of(records);
    } catch (IOException | DirectoryIteratorException e) {
      throw Problem.of("io-failed", "listing the instances in " + layout.instances() + " failed")
          .detail(e.toString())
          .asException(e);
    }
    return new Checked<>(records, problems);
  }

  /** The record of an instance whose folder is in its place, as {@link #readAll} reads it. */
  public Checked<InstanceRecord> read(ResourceName name) {
    Checked<InstanceRecord> beside = readFrom(layout.record(name), name);
    if (beside.value() != null) {
      return beside;
    }
    Problem fault = beside.problems().get(0);
    Checked<InstanceRecord> copy = readFrom(layout.recordCopy(name), name);
    if (copy.value() == null) {
      return Checked.failed(
          fault
              .detail(fault.detail() + "\nsecond copy: " + copy.problems().get(0).summary())
              .hint(
                  "Nothing of this instance is touched. Restore instance.json from a backup, or"
                      + " move the folder elsewhere."));
    }
    Problem healed =
        Problem.of("record-healed", "the record of " + name + " was taken from its second copy")
            .detail(fault.summary() + "\n" + fault.detail())
            .hint("Both are written anew with the next change of the instance.");
    return new Checked<>(copy.value(), List.of(healed));
  }

  /**
   * Reads one file. A record that names another instance than {@code name} is unreadable.
   *
   * @throws ProblemException {@link FileFormat#NEWER}
   */
  public Checked<InstanceRecord> readFrom(Path file, ResourceName name) {
    try {
      InstanceRecord record = known.of(file, RecordStore::parsed);
      return record.name().equals(name)
          ? Checked.of(record)
          : unreadable(file, "it is the record of " + record.name() + ", not of " + name);
    } catch (IOException e) {
      return unreadable(file, e.toString());
    } catch (ProblemException e) {
      if (FileFormat.isNewer(e)) {
        throw e;
      }
      return unreadable(file, String.valueOf(e.problem().detail()));
    }
  }

  private static InstanceRecord parsed(Path file) throws IOException {
    StoredRecord stored = FORMAT.read(file);
    if (stored.isIncomplete()) {
      throw unreadable(file, "it lacks identity, base, kernel or revision")
          .problems()
          .get(0)
          .asException();
    }
    return stored.record();
  }

  private static Checked<InstanceRecord> unreadable(Path file, String why) {
    return Checked.failed(
        Problem.of("record-unreadable", "the record " + file + " could not be read").detail(why));
  }

  /**
   * Replaces the record of an instance whose folder is in its place.
   *
   * @throws ProblemException when there is no such folder, too: a record alone would pass for an
   *     instance whose disks are lost
   */
  public void write(InstanceRecord record) {
    if (!Files.isDirectory(layout.instance(record.name()), LinkOption.NOFOLLOW_LINKS)) {
      throw Problem.of(
              "instance-missing",
              "instance " + record.name() + " has no folder " + layout.instance(record.name()))
          .hint("Its record was not written. The next run looks again.")
          .asException();
    }
    writeInto(layout.instance(record.name()), record);
  }

  /** Writes the second copy, then the record into a folder that will be the instance's. */
  public void writeInto(Path folder, InstanceRecord record) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    StoredRecord stored = StoredRecord.of(record.stamped(now));
    FORMAT.refuseToReplace(Layout.recordIn(folder)); // Before the copy is another one.
    FORMAT.write(layout.recordCopy(record.name()), stored);
    FORMAT.write(Layout.recordIn(folder), stored);
  }

  /** Writes the second copy of a record alone: it counts once there is a folder of that name. */
  public void writeCopy(InstanceRecord record) {
    FORMAT.write(layout.recordCopy(record.name()), StoredRecord.of(record));
  }

  /** Writes a record into a folder that is not the instance's place, without a second copy. */
  public void keepIn(Path folder, InstanceRecord record) {
    FORMAT.write(Layout.recordIn(folder), StoredRecord.of(record));
  }

  /** Removes the second copy of an instance that went to the trash; none there is fine. */
  public void forgetCopy(ResourceName name) {
    try {
      Files.deleteIfExists(layout.recordCopy(name));
    } catch (IOException e) {
      throw Problem.of("io-failed", "removing " + layout.recordCopy(name) + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }
}
