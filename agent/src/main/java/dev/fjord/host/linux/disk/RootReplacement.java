package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Rebase;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives an instance a root on another version of its image, or on another image. The old one goes
 * to the trash whole; when the instance goes back to its version, it gets it back. At every instant
 * one root is in its place, and the old one is there or in the trash. No kernel of the instance may
 * run.
 */
final class RootReplacement {
  private final Layout layout;
  private final Trash trash;
  private final FailPoint failPoint;

  RootReplacement(Layout layout, Trash trash, FailPoint failPoint) {
    this.layout = layout;
    this.trash = trash;
    this.failPoint = failPoint;
  }

  /**
   * Whether the root is the one that {@code now} describes. Where the record says that it is and it
   * is not, this is true all the same unless the right one is in the trash: no new root is made in
   * its place.
   *
   * @param before as it was recorded last; after a call that was cut off the root may be ahead of
   *     it
   */
  boolean isMade(InstanceRecord before, InstanceRecord now) throws IOException {
    RootHeader header = RootHeader.read(layout.rootCow(now.name()), layout);
    return header != null && layout.isImage(header.backing(), now.applied().image(), now.base())
        || now.hasRootOf(before) && trash.rootOf(now).isEmpty();
  }

  /**
   * The record of the root that is in its place, which a call that was cut off may have put there.
   */
  private InstanceRecord standing(InstanceRecord before, InstanceRecord now) throws IOException {
    Rebase rebase = before.rebase();
    List<ImageVersion> versions = new ArrayList<>(List.of(before.version(), now.version()));
    if (rebase != null) {
      versions.addAll(List.of(rebase.from(), rebase.to()));
    }
    RootHeader root = RootHeader.read(layout.rootCow(now.name()), layout);
    for (ImageVersion version : versions) {
      if (root != null && layout.isImage(root.backing(), version.image(), version.digest())) {
        return before.on(version);
      }
    }
    return before;
  }

  /** Makes the root that {@code now} describes; what can fail for lack of room comes first. */
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
      trash.keepRoot(standing(before, now));
      failPoint.after("the old root in the trash, too");
      DurableFile.moveIntoPlace(Layout.rootCowIn(kept.get()), place);
      failPoint.after("a root back from the trash");
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
    WideImage.provide(layout, now);
    BlankDisk.root(unfinished, layout.image(now), now.uid());
    failPoint.after("an unfinished root");
    trash.keepRoot(before);
    failPoint.after("the old root in the trash, too");
    DurableFile.moveIntoPlace(unfinished, place);
    failPoint.after("a fresh root in its place");
  }

  private Path image(InstanceRecord record) {
    return layout.image(record.applied().image(), record.base());
  }
}
