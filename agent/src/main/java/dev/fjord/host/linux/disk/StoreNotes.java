package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.model.Layout;
import dev.fjord.model.Layout.Note;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of a version, each in a small file of its own beside it: they are written by
 * different processes. Each may be lost: then the version is read again, stays longer, or has to be
 * asked for again.
 */
record StoreNotes(Path verdict, Path unused, Path repair) {

  static StoreNotes of(Layout layout, Version version) {
    return new StoreNotes(
        place(layout, version, Note.VERDICT),
        place(layout, version, Note.UNUSED),
        place(layout, version, Note.REPAIR));
  }

  private static Path place(Layout layout, Version version, Note note) {
    return version.kind() == Kind.IMAGE
        ? layout.imageNote(version.name(), version.digest(), note)
        : layout.kernelNote(version.name(), version.digest(), note);
  }

  /** When it was first seen that nothing needs the version; null while something does. */
  @Nullable Instant unusedSince() {
    try {
      return Instant.parse(Files.readString(unused).strip());
    } catch (IOException | DateTimeException neverOrBroken) {
      return null;
    }
  }

  void noteUnused(Instant since) {
    DurableFile.write(unused, (since + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void noteUsed() throws IOException {
    Files.deleteIfExists(unused);
  }

  boolean repairAsked() {
    return Folders.exists(repair);
  }

  void askForRepair() {
    DurableFile.write(repair, new byte[0]);
  }

  void forgetRepair() throws IOException {
    Files.deleteIfExists(repair);
  }

  void delete() throws IOException {
    noteUsed();
    forgetRepair();
    Files.deleteIfExists(verdict);
  }
}
