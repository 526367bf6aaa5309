package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
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
  private final FailPoint failPoint;

  RootRebase(Layout layout, Trash trash, FailPoint failPoint) {
    this.layout = layout;
    this.trash = trash;
    this.failPoint = failPoint;
  }

  /**
   * Makes the root anew; the old one stays in its place until the last moment.
   *
   * @throws ProblemException when it could not be carried over: nothing has changed then
   */
  RebaseReport make(InstanceRecord before, InstanceRecord now, RootMerge merge) throws IOException {
    Path place = layout.rootCow(now.name());
    Path fresh = DurableFile.beside(place);
    WideImage.provide(layout, now);
    Path copy = DurableFile.beside(layout.instance(now.name()).resolve("old.cow"));
    RebaseReport report =
        draft(before, layout.image(now), merge, new Bench(fresh, copy, Runnable::run));
    Folders.sync(fresh);
    failPoint.after("a root carried over");
    trash.keepRoot(before);
    failPoint.after("the old root in the trash, too");
    DurableFile.moveIntoPlace(fresh, place);
    failPoint.after("a root carried over in its place");
    return report;
  }

  /**
   * Where a root is carried over: paths in the instance's folder that nothing else looks at.
   *
   * @param fresh the new root
   * @param copy of the old one
   * @param still runs the copying while no kernel writes to the old one
   */
  record Bench(Path fresh, Path copy, Consumer<Runnable> still) {}

  /**
   * Makes the new root on the bench; it is removed when that fails, the copy always.
   *
   * @param newImage what it stands on
   */
  RebaseReport draft(InstanceRecord before, Path newImage, RootMerge merge, Bench bench)
      throws IOException {
    Path fresh = bench.fresh();
    Path copy = bench.copy();
    Path root = layout.rootCow(before.name());
    Path oldImage = imageBelow(before, root);
    requireStored(before, oldImage);
    requireStored(before, newImage);
    try {
      Folders.delete(fresh);
      Folders.delete(copy);
      BlankDisk.root(fresh, newImage, before.uid());
      failPoint.after("an unfinished root");
      bench.still().accept(() -> copy(root, copy));
      BlankDisk.own(copy, before.uid());
      failPoint.after("a copy of the old root");
      return merge.merge(oldImage, copy, newImage, fresh);
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

  /** The image as recorded, or a wider copy where a growth was cut off before it was recorded. */
  private Path imageBelow(InstanceRecord before, Path root) throws IOException {
    Path oldImage = layout.image(before);
    RootHeader header = RootHeader.read(root, layout);
    if (header != null
        && layout.isImage(header.backing(), before.applied().image(), before.base())) {
      return header.backing();
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
}
