package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.Expected;
import dev.fjord.host.linux.origin.SourceFile.Gauge;
import dev.fjord.host.linux.origin.VerifiedCopy;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Source;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file of the store whose content is pinned by its digest: never written once it is there.
 *
 * <p>Its modification time is always {@link #MODIFIED}. A COW header holds size and time of the
 * pristine image, and UML refuses to boot when they differ (arch/um/drivers/ubd_kern.c, {@code
 * backing_file_mismatch}); with a fixed time a copy that was lost and stored again still fits. A
 * write always changes it, so that a look at the attributes finds one without reading the content.
 *
 * @param what as people call it ({@code image tiny})
 * @param place where it lies
 * @param permissions {@code r--r--r--}, as the JDK writes them
 */
record PinnedFile(String what, Path place, String permissions) {
  static final Instant MODIFIED = Instant.parse("2020-01-01T00:00:00Z");

  /** What its attributes betray, or null when it is there and looks whole. */
  @Nullable Problem fault() {
    PosixFileAttributes found;
    try {
      found = Files.readAttributes(place, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return Problem.of("not-stored", what + " is not at " + place).detail(e.toString());
    }
    String mode = PosixFilePermissions.toString(found.permissions());
    boolean sameTime = found.lastModifiedTime().toInstant().equals(MODIFIED);
    if (found.isRegularFile() && sameTime && mode.equals(permissions) && found.size() > 0) {
      return null;
    }
    return Problem.of("touched", what + " was touched in the store: " + place)
        .detail(
            found.isRegularFile()
                ? "modified "
                    + found.lastModifiedTime()
                    + ", mode "
                    + mode
                    + ", "
                    + found.size()
                    + " bytes; stored as modified "
                    + MODIFIED
                    + ", mode "
                    + permissions
                : "it is no regular file")
        .hint("It counts as absent: the next run verifies it and mends it, or stores it again.");
  }

  /**
   * Brings it into its place; a file that is there already and looks whole is not read. One that
   * was touched is verified and mended, else replaced.
   *
   * @param size as pinned; null when only the digest is
   */
  void store(Source source, Digest pinned, @Nullable ByteSize size, Progress progress) {
    if (fault() == null && (size == null || length(place) == size.bytes())) {
      return;
    }
    try {
      if (mend(pinned, size, progress)) {
        told(makeImmutable(true), progress);
      } else {
        Path unfinished = DurableFile.beside(place);
        new PinnedSource(what, source, pinned).copy(unfinished, Expected.pinned(size), progress);
        settle(unfinished, progress);
      }
    } catch (IOException e) {
      throw DiskProblem.of("storing " + what + " at " + place, e);
    }
  }

  /** Brings what is whole into its place, from the same file system. */
  void settle(Path whole, Progress progress) throws IOException {
    try {
      seal(whole);
      makeImmutable(false);
      DurableFile.moveIntoPlace(whole, place);
    } catch (IOException e) {
      Folders.delete(whole);
      throw e;
    }
    told(makeImmutable(true), progress);
  }

  /** Sets the immutable flag where there is one; true, always. */
  boolean protect() {
    makeImmutable(true);
    return true;
  }

  private void told(boolean immutable, Progress progress) {
    progress.report(what + ": stored" + (immutable ? "" : " (no immutable flag here)"));
  }

  /**
   * Gives a file that is there its attributes again, if its content is what is pinned.
   *
   * @param size as pinned; null when only the digest is
   */
  boolean mend(Digest pinned, @Nullable ByteSize size, Progress progress) throws IOException {
    if (!Folders.isFile(place)) {
      return false;
    }
    long length = length(place);
    if (size != null && length != size.bytes()) {
      return false;
    }
    Gauge gauge = PinnedSource.gauge(what, progress);
    VerifiedCopy found = VerifiedCopy.ofFile(place, length, done -> gauge.read(done, length));
    if (found.bytes() != length || !found.digest().equals(pinned)) {
      return false;
    }
    makeImmutable(false);
    seal(place);
    return true;
  }

  void seal(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    Files.setLastModifiedTime(path, FileTime.from(MODIFIED));
    Folders.sync(path);
  }

  /** Sets or clears the immutable flag (chattr(1)); says whether the file system has one. */
  private boolean makeImmutable(boolean immutable) {
    if (!Folders.isFile(place)) {
      return false;
    }
    try {
      return Command.of("chattr", immutable ? "+i" : "-i", place.toString()).run().exit() == 0;
    } catch (ProblemException noSuchProgram) {
      return false;
    }
  }

  private static long length(Path path) {
    return path.toFile().length();
  }
}
