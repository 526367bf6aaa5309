package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.RebaseReport;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Gives an instance a root on another version that has what the instance had changed on the old
 * one. The old root goes to the trash whole, and is not written: what is carried over is read from
 * a copy of it, whose blocks are shared where the file system can. No kernel of the instance may
 * run.
 */
final class RootRebase {
  private static final Duration LONGEST_COPY = Duration.ofMinutes(30);

  private final Layout layout;
  private final Trash trash;
  private final Fault fault;

  RootRebase(Layout layout, Trash trash, Fault fault) {
    this.layout = layout;
    this.trash = trash;
    this.fault = fault;
  }

  /**
   * Makes the root anew; until the last moment the old one is in its place.
   *
   * @throws ProblemException when it could not be carried over: nothing has changed then
   */
  RebaseReport make(InstanceRecord before, InstanceRecord now, RootMerge merge) throws IOException {
    Path place = layout.rootCow(now.name());
    Path fresh = DurableFile.beside(place);
    Path copy = DurableFile.beside(layout.instance(now.name()).resolve("old.cow"));
    RebaseReport report =
        draft(before, now.version(), merge, new Bench(fresh, copy, Runnable::run));
    Folders.sync(fresh);
    fault.after("a root carried over");
    trash.keepRoot(before);
    fault.after("the old root in the trash, too");
    DurableFile.moveIntoPlace(fresh, place);
    fault.after("a root carried over in its place");
    return report;
  }

  /**
   * Where a root is carried over: paths that nobody looks at, in the instance's folder.
   *
   * @param fresh the new root
   * @param copy of the old one
   * @param still runs the copying while no kernel writes to the old one
   */
  record Bench(Path fresh, Path copy, Consumer<Runnable> still) {}

  /** Makes the new root on the bench; it is removed when that fails, the copy always. */
  RebaseReport draft(InstanceRecord before, ImageVersion version, RootMerge merge, Bench bench)
      throws IOException {
    Path fresh = bench.fresh();
    Path copy = bench.copy();
    Path root = layout.rootCow(before.name());
    Path oldImage = image(before.version());
    requireRootOn(before, root, oldImage);
    requireStored(before, oldImage);
    requireStored(before, image(version));
    try {
      Folders.delete(fresh);
      Folders.delete(copy);
      BlankDisk.root(fresh, image(version), before.uid());
      fault.after("an unfinished root");
      bench.still().accept(() -> copy(root, copy));
      BlankDisk.own(copy, before.uid());
      fault.after("a copy of the old root");
      return merge.merge(oldImage, copy, image(version), fresh);
    } catch (IOException | ProblemException e) {
      Folders.delete(fresh);
      throw e;
    } finally {
      Folders.delete(copy);
    }
  }

  private static void copy(Path root, Path copy) {
    Command.of("cp", "--reflink=auto", "--sparse=always", "--", root.toString(), copy.toString())
        .timeout(LONGEST_COPY)
        .output();
  }

  private void requireRootOn(InstanceRecord before, Path root, Path oldImage) throws IOException {
    if (CowHeader.read(root) instanceof CowHeader.V3 header && header.backing().equals(oldImage)) {
      return;
    }
    throw Problem.of(
            "root-other",
            "the root of instance " + before.name() + " does not stand on " + before.version())
        .detail(root + " has no COW header that names " + oldImage)
        .hint("It is left alone. Put the right file back from a backup.")
        .asException();
  }

  private static void requireStored(InstanceRecord before, Path image) {
    if (!Folders.isFile(image)) {
      throw Problem.of(
              "image-missing", "instance " + before.name() + " needs an image that is not stored")
          .detail(image.toString())
          .hint("Store the image first ('fjord apply' does); its root stays as it is.")
          .asException();
    }
  }

  private Path image(ImageVersion version) {
    return layout.image(version.image(), version.digest());
  }
}
