package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.Expected;
import dev.fjord.host.linux.origin.VerifiedCopy;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Source;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.ChangedVersion;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of the store whose content is pinned by its digest: never written once it is there.
 *
 * <p>Its modification time is always {@link #MODIFIED}. A COW header holds size and time of the
 * pristine image, and UML refuses to boot when they differ (arch/um/drivers/ubd_kern.c, {@code
 * backing_file_mismatch}); with a fixed time a copy that was lost and stored again still fits.
 *
 * @param what as people call it ({@code image tiny})
 * @param place where it lies
 * @param permissions {@code r--r--r--}, as the JDK writes them
 * @param content the record of building or unpacking it, if it was built or unpacked
 */
record PinnedFile(
    String what,
    Path place,
    String permissions,
    Version version,
    StoreNotes notes,
    ContentRecord content) {
  static final Instant MODIFIED = Instant.parse("2020-01-01T00:00:00Z");

  static PinnedFile image(Layout layout, ResourceName name, Digest digest) {
    Version version = new Version(Kind.IMAGE, name, digest);
    Path place = layout.image(name, digest);
    return new PinnedFile(
        "image " + name,
        place,
        "r--r--r--",
        version,
        StoreNotes.of(layout, version),
        new ContentRecord(layout.imageContent(name, digest)));
  }

  static PinnedFile kernel(Layout layout, ResourceName name, Digest digest) {
    Version version = new Version(Kind.KERNEL, name, digest);
    Path place = layout.kernel(name, digest);
    return new PinnedFile(
        "kernel " + name,
        place,
        "r-xr-xr-x",
        version,
        StoreNotes.of(layout, version),
        new ContentRecord(layout.kernelContent(name, digest)));
  }

  /** Finds the digest of its content, as it lies there. */
  @FunctionalInterface
  interface Reading {
    Digest digest() throws IOException;
  }

  /**
   * The digest that its content has to have: the recorded one of what was built or unpacked here,
   * else the pinned one.
   *
   * @throws ProblemException when there is a record that cannot be read
   */
  Digest expected() {
    BuiltContent made = content.read();
    return made == null ? version.digest() : made.sha256();
  }

  /** Whether it was built here: then no source has its bytes, nor would a second build. */
  boolean isBuilt() {
    return version.kind() == Kind.IMAGE && content.exists();
  }

  /**
   * Brings it into its place; a file that is there already, in the state in which it was stored, is
   * not read. One that was touched is mended; one that was changed stays, for {@link #replace}.
   *
   * @param size as pinned; null when only the digest is
   */
  void store(Source source, Web web, @Nullable ByteSize size, Progress progress) {
    if (Folders.exists(place)) {
      mend(List.of(), progress);
    } else {
      replace(source, web, size, progress);
    }
  }

  /** Fetches it, whatever lies in its place; until the new one is whole that stays. */
  void replace(Source source, Web web, @Nullable ByteSize size, Progress progress) {
    Path unfinished = DurableFile.beside(place);
    try {
      new PinnedSource(what, source, web)
          .copy(unfinished, Expected.pinned(version.digest(), size), progress);
      try {
        settle(unfinished, progress);
      } catch (IOException e) {
        Folders.delete(unfinished);
        throw e;
      }
    } catch (IOException e) {
      throw DiskProblem.of("storing " + what + " at " + place, e);
    }
  }

  /** Brings what is whole into its place, whatever lies there, from the same file system. */
  void settle(Path whole, Progress progress) throws IOException {
    attributes(whole);
    notes.noteUsed();
    notes.forgetRepair();
    ImmutableFlag.change(place, false);
    DurableFile.moveIntoPlace(whole, place);
    progress.report(what + ": stored" + (seal() ? "" : " (no immutable flag here)"));
  }

  /**
   * Reads it, unless what was read last still stands, and gives it back its mode, time and flag.
   *
   * @param standing the instances that stand on it, for the alarm
   * @throws ProblemException when its content is another; what was found is noted, and nothing else
   *     is done
   */
  void mend(List<String> standing, Progress progress) {
    mend(standing, progress, () -> read(progress));
  }

  /** As {@link #mend}, for content that is not the whole file. */
  void mend(List<String> standing, Progress progress, Reading reading) {
    Inspection inspection = new Inspection(this);
    try {
      Upkeep seen = inspection.look(ImmutableFlag.of(List.of(place)).get(place));
      if (seen.content() == Upkeep.Content.WHOLE) {
        return;
      }
      if (Folders.isFile(place) && !inspection.verdictStands()) {
        Fingerprint before = Fingerprint.of(place);
        inspection.judge(reading.digest(), before);
        seen = inspection.look(null);
        if (!inspection.verdictStands()) {
          throw Problem.of("busy", what + " was written while it was read: " + place)
              .hint("Find out who writes there; the next run reads it again.")
              .asException();
        }
      }
      if (seen.content() == Upkeep.Content.CHANGED) {
        throw ChangedVersion.alarm(version, seen.found(), standing, isBuilt()).asException();
      }
      ImmutableFlag.change(place, false);
      attributes(place);
      progress.report(what + ": mended" + (seal() ? "" : " (no immutable flag here)"));
    } catch (IOException e) {
      throw DiskProblem.of("mending " + what + " at " + place, e);
    }
  }

  /**
   * Removes it with all notes about it. It is gone at once, or still there. The note since when
   * nothing needs it goes last: until then it shows that the file was not lost.
   */
  void remove() throws IOException {
    ImmutableFlag.change(place, false);
    Files.deleteIfExists(place);
    Folders.sync(Objects.requireNonNull(place.getParent()));
    content.delete();
    notes.delete();
  }

  /** Sets the flag and notes what was just found to be right; says whether there is a flag. */
  boolean seal() throws IOException {
    boolean immutable = ImmutableFlag.change(place, true);
    // This comes last, since the flag moves st_ctim.
    Inspection.seal(this, immutable);
    return immutable;
  }

  private Digest read(Progress progress) throws IOException {
    long length = place.toFile().length();
    Percent gauge = new Percent(what, progress);
    return VerifiedCopy.ofFile(place, length, done -> gauge.read(done, Math.max(1, length)))
        .digest();
  }

  void attributes(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    Files.setLastModifiedTime(path, FileTime.from(MODIFIED));
    Folders.sync(path);
  }
}
