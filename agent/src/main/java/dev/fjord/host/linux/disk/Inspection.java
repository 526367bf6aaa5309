package dev.fjord.host.linux.disk;

import dev.fjord.model.Digest;
import dev.fjord.model.Upkeep;
import dev.fjord.model.Upkeep.Content;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what can be said of a pinned file without reading it: it compares its attributes with those
 * that it was sealed with, and uses the verdict on its content, which stands as long as the file
 * has the fingerprint of the one that was read.
 */
final class Inspection {
  private final PinnedFile file;
  private @Nullable Verdict verdict;

  Inspection(PinnedFile file) {
    this.file = file;
    this.verdict = Verdict.in(file.notes().verdict());
  }

  /**
   * Looks; the file exists.
   *
   * @param flag whether it is immutable; null when that is not known, or not asked
   */
  Upkeep look(@Nullable Boolean flag) throws IOException {
    StoreNotes notes = file.notes();
    Upkeep content;
    try {
      content = content(flag);
    } catch (ProblemException noRecord) {
      content = of(Content.CHANGED, noRecord.problem().summary());
    }
    return new Upkeep(content.content(), content.found(), notes.unusedSince(), notes.repairAsked());
  }

  private Upkeep content(@Nullable Boolean flag) throws IOException {
    if (!Folders.isFile(file.place())) {
      return of(Content.CHANGED, "found: no regular file: " + file.place());
    }
    Fingerprint now = Fingerprint.of(file.place());
    Verdict last = verdict;
    boolean stands = last != null && last.fingerprint().equals(now);
    if (last != null && stands && !last.content().equals(file.expected())) {
      return of(Content.CHANGED, otherDigest(last));
    }
    if (last != null && isRight(last) && last.fingerprint().size() != now.size()) {
      return of(
          Content.CHANGED,
          "found: "
              + now.size()
              + " bytes, stored: "
              + last.fingerprint().size()
              + " bytes: "
              + file.place());
    }
    List<String> differences = differences(now, flag);
    if (last == null) {
      differences.add("nothing is noted of its content");
    } else if (!stands && differences.isEmpty()) {
      differences.add("its inode changed at " + now.changed());
    }
    return differences.isEmpty()
        ? Upkeep.WHOLE
        : of(Content.TOUCHED, String.join("; ", differences));
  }

  private List<String> differences(Fingerprint now, @Nullable Boolean flag) throws IOException {
    List<String> differences = new ArrayList<>();
    String mode =
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(file.place(), LinkOption.NOFOLLOW_LINKS));
    if (!mode.equals(file.permissions())) {
      differences.add("mode " + mode + " instead of " + file.permissions());
    }
    if (!now.modified().equals(PinnedFile.MODIFIED)) {
      differences.add("modified " + now.modified() + " instead of " + PinnedFile.MODIFIED);
    }
    // Where it could not be set, it is not reported as missing: every plan would try to mend it
    // again.
    if (verdict != null && verdict.immutable() && Boolean.FALSE.equals(flag)) {
      differences.add("the immutable flag is gone");
    }
    return differences;
  }

  private String otherDigest(Verdict last) {
    return "sha256 found:  "
        + last.content()
        + " ("
        + file.place()
        + ", read at "
        + last.read()
        + (file.isBuilt() ? ")\nsha256 built:  " : ")\nsha256 pinned: ")
        + file.expected();
  }

  private boolean isRight(Verdict last) {
    return last.content().equals(file.expected());
  }

  private static Upkeep of(Content content, String found) {
    return new Upkeep(content, found, null, false);
  }

  /** Whether its content is known without reading it. */
  boolean verdictStands() throws IOException {
    return verdict != null && verdict.fingerprint().equals(Fingerprint.of(file.place()));
  }

  /**
   * Notes the digest that was just read.
   *
   * @param before the file's fingerprint before it was read; a verdict on one that was written
   *     meanwhile stands for nothing
   */
  void judge(Digest content, Fingerprint before) {
    verdict = new Verdict(content, before, verdict != null && verdict.immutable(), Instant.now());
    verdict.keepIn(file.notes().verdict());
  }

  /** Notes that the content of a file is right now. */
  static void seal(PinnedFile file, boolean immutable) throws IOException {
    Fingerprint now = Fingerprint.of(file.place());
    new Verdict(file.expected(), now, immutable, Instant.now()).keepIn(file.notes().verdict());
  }
}
