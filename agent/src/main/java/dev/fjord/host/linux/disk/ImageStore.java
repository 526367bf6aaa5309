package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.VerifiedCopy;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredImage;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pristine images of this host, one read-only file for each version: {@code
 * images/NAME/VERSION.img}, mode 0444, modified at {@link PinnedFile#MODIFIED}, immutable
 * (chattr(1)) where the file system knows that. Nothing removes a version here.
 *
 * <p>The version is the digest of the content, or of the recipe that the image was built by. What a
 * build gave is then in {@code VERSION.json}, and counts: the same recipe would give other bytes
 * the next time, and a COW stands on these.
 */
public final class ImageStore {
  private static final String MODE = "r--r--r--";
  private static final String SUFFIX = ".img";

  /** UML's sector (arch/um/drivers/ubd_kern.c): what is left over at the end would be lost. */
  private static final int SECTOR = 512;

  private final Layout layout;

  public ImageStore(Layout layout) {
    this.layout = layout;
  }

  /**
   * The images that are there and look whole, by their attributes. One that was touched is no
   * image, but a problem; {@link #store} mends it.
   *
   * @throws ProblemException when the store could not be read
   */
  public Checked<List<StoredImage>> observe() {
    List<StoredImage> images = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    try {
      for (StoredVersion version : StoredVersion.list(layout.images(), SUFFIX, problems)) {
        Problem fault = pinned(version.name(), version.digest()).fault();
        if (fault == null) {
          images.add(
              new StoredImage(
                  version.name(),
                  version.digest(),
                  new ByteSize(Files.size(version.path())),
                  built(version, problems)));
        } else {
          problems.add(fault);
        }
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at the images in " + layout.images(), e);
    }
    return new Checked<>(images, problems);
  }

  private @Nullable BuiltContent built(StoredVersion version, List<Problem> problems) {
    try {
      return record(version.name(), version.digest()).read();
    } catch (ProblemException e) {
      problems.add(e.problem());
      return null;
    }
  }

  /**
   * Copies an image into the store, verified while it is copied. Until it is whole and durable
   * nothing is in its place, or what was there before. An image that is there already is not read.
   *
   * @param image one whose origin is a {@link ImageOrigin.Disk}
   * @throws ProblemException when the source is not what is pinned, or there is no room
   */
  public void store(Image image, Progress progress) {
    if (!(image.origin() instanceof ImageOrigin.Disk disk)) {
      throw new IllegalArgumentException("image " + image.name() + " has to be built");
    }
    if (image.size().bytes() % SECTOR != 0) {
      throw Problem.of(
              "image-size",
              "image " + image.name() + " has " + image.size() + ", which is no multiple of 512 B")
          .hint("A disk has whole sectors: pad the file with truncate(1), then pin it anew.")
          .asException();
    }
    makeFolder(image);
    pinned(image).store(disk.source(), disk.sha256(), image.size(), progress);
  }

  /**
   * Whether a built image is there; one that was touched, or left just short of its place by a
   * killed run, is verified and brought there.
   *
   * @return false when it was never built
   * @throws ProblemException when it was built and is lost: another build would give other bytes
   */
  public boolean hasBuilt(Image image, Progress progress) {
    BuiltContent built = record(image.name(), image.version()).read();
    PinnedFile file = pinned(image);
    if (built == null) {
      if (Folders.exists(file.place())) {
        throw lost(image, "it lies there, and what it is to hold is recorded nowhere");
      }
      return false;
    }
    try {
      if (file.fault() == null && Files.size(file.place()) == image.size().bytes()
          || file.mend(built.sha256(), built.size(), progress) && file.protect()) {
        return true;
      }
      Path unfinished = DurableFile.beside(file.place());
      if (Folders.isFile(unfinished) && isContent(unfinished, built)) {
        file.settle(unfinished, progress);
        return true;
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at image " + image.name() + " at " + file.place(), e);
    }
    throw lost(
        image,
        "recorded: sha256 %s, %s, built %s".formatted(built.sha256(), built.size(), built.at()));
  }

  /**
   * Takes what was built into the store, from the same file system, and records what it is.
   *
   * @param whole a file of root's; it is gone from there afterwards
   */
  public BuiltContent take(Image image, Path whole, Instant at, Progress progress) {
    makeFolder(image);
    PinnedFile file = pinned(image);
    Path unfinished = DurableFile.beside(file.place());
    try {
      Folders.delete(unfinished);
      Files.move(whole, unfinished);
      file.seal(unfinished);
      Folders.sync(layout.images().resolve(image.name().value()));
      long length = image.size().bytes();
      VerifiedCopy found = VerifiedCopy.ofFile(unfinished, length, done -> {});
      BuiltContent built = new BuiltContent(found.digest(), new ByteSize(found.bytes()), at);
      // Recorded first: with the record and the unfinished file a killed run is gone on with.
      record(image.name(), image.version()).write(built);
      file.settle(unfinished, progress);
      return built;
    } catch (IOException e) {
      throw DiskProblem.of("storing image " + image.name() + " at " + file.place(), e);
    }
  }

  private boolean isContent(Path file, BuiltContent built) throws IOException {
    VerifiedCopy found = VerifiedCopy.ofFile(file, built.size().bytes(), done -> {});
    return found.bytes() == built.size().bytes() && found.digest().equals(built.sha256());
  }

  private ProblemException lost(Image image, String found) {
    Path record = layout.imageContent(image.name(), image.version());
    return Problem.of(
            "image-lost",
            "image "
                + image.name()
                + " was built once, and that build is lost: "
                + layout.image(image.name(), image.version()))
        .detail(
            found
                + "\nA second build would have other bytes, and every root that stands on the first"
                + " would be damaged by them.")
        .hint(
            "Put a copy of that file back. Or change the recipe, which makes it another version"
                + " (a package more, another size). If no instance stands on it, remove the file"
                + " and %s: the next run builds anew.".formatted(record))
        .asException();
  }

  private void makeFolder(Image image) {
    try {
      Folders.make(layout.images(), Folders.READABLE);
      Folders.make(layout.images().resolve(image.name().value()), Folders.READABLE);
    } catch (IOException e) {
      throw DiskProblem.of("making the folder of image " + image.name(), e);
    }
  }

  private ContentRecord record(ResourceName name, Digest version) {
    return new ContentRecord(layout.imageContent(name, version));
  }

  private PinnedFile pinned(Image image) {
    return pinned(image.name(), image.version());
  }

  private PinnedFile pinned(ResourceName name, Digest digest) {
    return new PinnedFile("image " + name, layout.image(name, digest), MODE);
  }
}
