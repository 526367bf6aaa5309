package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Gives an instance a root on another version of its image, or on another image. The old one goes
 * to the trash whole; back on its version, the instance has it again. At every instant one root is
 * in its place, and the old one is there or in the trash. No kernel of the instance may run.
 */
final class RootReplacement {
  private final Layout layout;
  private final Trash trash;
  private final Fault fault;

  RootReplacement(Layout layout, Trash trash, Fault fault) {
    this.layout = layout;
    this.trash = trash;
    this.fault = fault;
  }

  /**
   * Whether the root is the one that {@code now} speaks of.
   *
   * @param before as it was recorded last; after a call that was ended the root may be ahead of it
   */
  boolean isMade(InstanceRecord before, InstanceRecord now) throws IOException {
    return now.hasRootOf(before)
        || CowHeader.read(layout.rootCow(now.name())) instanceof CowHeader.V3 header
            && header.backing().equals(image(now));
  }

  /** Makes it so; what can fail for want of room comes first. */
  void make(InstanceRecord before, InstanceRecord now) throws IOException {
    if (isMade(before, now)) {
      return;
    }
    if (!Folders.isFile(image(now))) {
      throw Problem.of(
              "image-missing", "instance " + now.name() + " needs an image that is not stored")
          .detail(image(now).toString())
          .hint("Store the image first; its root stays as it is.")
          .asException();
    }
    Path place = layout.rootCow(now.name());
    Optional<Path> kept = trash.rootOf(now);
    if (kept.isPresent()) {
      trash.keepRoot(before);
      fault.after("the old root in the trash, too");
      DurableFile.moveIntoPlace(Layout.rootCowIn(kept.get()), place);
      fault.after("a root back from the trash");
      Folders.delete(kept.get());
      return;
    }
    if (now.isPutBackFrom(before)) {
      throw Problem.of(
              "root-not-kept", "the root of instance " + now.name() + " is not in the trash")
          .detail("wanted: its root on " + now.version() + ", which it had before it was moved")
          .hint("It is left as it is. Put that root back from a backup, or change its document.")
          .asException();
    }
    Path unfinished = DurableFile.beside(place);
    Folders.delete(unfinished);
    BlankDisk.root(unfinished, image(now), now.uid());
    fault.after("an unfinished root");
    trash.keepRoot(before);
    fault.after("the old root in the trash, too");
    DurableFile.moveIntoPlace(unfinished, place);
    fault.after("a fresh root in its place");
  }

  private Path image(InstanceRecord record) {
    return layout.image(record.applied().image(), record.base());
  }
}
