package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredImage;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * The pristine images of this host, one read-only file for each version: {@code
 * images/NAME/SHA256.img}, mode 0444, modified at {@link PinnedFile#MODIFIED}, immutable
 * (chattr(1)) where the file system knows that. Nothing removes a version here.
 */
public final class ImageStore {
  private static final String MODE = "r--r--r--";
  private static final String SUFFIX = ".img";

  /** UML's sector (arch/um/drivers/ubd_kern.c): what is left over at the end would be lost. */
  private static final int SECTOR = 512;

  private final Layout layout;
  private final Web web;

  public ImageStore(Layout layout) {
    this(layout, Web.usual());
  }

  /** A store that fetches by these ways. */
  ImageStore(Layout layout, Web web) {
    this.layout = layout;
    this.web = web;
  }

  /**
   * The images that are there and look whole, by their attributes. One that was touched is no
   * image, but a problem; {@link #store} mends it.
   *
   * @throws dev.fjord.problem.ProblemException when the store could not be read
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
                  version.name(), version.digest(), new ByteSize(Files.size(version.path()))));
        } else {
          problems.add(fault);
        }
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at the images in " + layout.images(), e);
    }
    return new Checked<>(images, problems);
  }

  /**
   * Copies an image into the store, verified while it is copied. Until it is whole and durable
   * nothing is in its place, or what was there before. An image that is there already is not read.
   *
   * @throws dev.fjord.problem.ProblemException when the source is not what is pinned, or there is
   *     no room
   */
  public void store(Image image, Progress progress) {
    if (image.size().bytes() % SECTOR != 0) {
      throw Problem.of(
              "image-size",
              "image " + image.name() + " has " + image.size() + ", which is no multiple of 512 B")
          .hint("A disk has whole sectors: pad the file with truncate(1), then pin it anew.")
          .asException();
    }
    try {
      Folders.make(layout.images(), Folders.READABLE);
      Leftovers.remove(layout.images());
      Folders.make(layout.images().resolve(image.name().value()), Folders.READABLE);
    } catch (IOException e) {
      throw DiskProblem.of("making the folder of image " + image.name(), e);
    }
    pinned(image.name(), image.sha256())
        .store(image.source(), web, image.sha256(), image.size(), progress);
  }

  private PinnedFile pinned(ResourceName name, Digest digest) {
    return new PinnedFile("image " + name, layout.image(name, digest), MODE);
  }
}
