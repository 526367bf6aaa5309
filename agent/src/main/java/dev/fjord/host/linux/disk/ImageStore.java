package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.Layout;
import dev.fjord.model.StoredImage;
import dev.fjord.model.Upkeep;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pristine images of this host, one read-only file for each version: {@code
 * images/NAME/VERSION.img}, mode 0444, modified at {@link PinnedFile#MODIFIED}, immutable
 * (chattr(1)) where the file system knows that. The version is the digest of the content, or of the
 * recipe that the image was built by ({@link BuiltImages}).
 */
public final class ImageStore {
  private static final String SUFFIX = ".img";

  /** UML's sector (arch/um/drivers/ubd_kern.c): UML would not see a part of a sector at the end. */
  private static final int SECTOR = 512;

  private final Layout layout;
  private final Web web;
  private final KnownFlags flags = new KnownFlags();

  public ImageStore(Layout layout) {
    this(layout, Web.usual());
  }

  /** A store that fetches by {@code web}. */
  ImageStore(Layout layout, Web web) {
    this.layout = layout;
    this.web = web;
  }

  /**
   * The images that are there, each with what its attributes and its last verdict say of it. None
   * is read.
   *
   * @throws dev.fjord.problem.ProblemException when the store could not be read
   */
  public Checked<List<StoredImage>> observe() {
    List<StoredImage> images = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    try {
      List<StoredVersion> versions = StoredVersion.list(layout.images(), SUFFIX, problems);
      Map<Path, Boolean> immutable = flags.of(versions.stream().map(StoredVersion::path).toList());
      for (StoredVersion version : versions) {
        PinnedFile file = PinnedFile.image(layout, version.name(), version.digest());
        images.add(
            new StoredImage(
                version.name(),
                version.digest(),
                new ByteSize(Files.size(version.path())),
                built(file),
                worst(
                    new Inspection(file).look(immutable.get(version.path())),
                    WideImage.of(layout, file.version()))));
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at the images in " + layout.images(), e);
    }
    return new Checked<>(images, problems);
  }

  /** The record of the build; the inspection reports one that cannot be read. */
  private static @Nullable BuiltContent built(PinnedFile file) {
    try {
      return file.content().read();
    } catch (ProblemException unreadable) {
      return null;
    }
  }

  /**
   * Copies an image into the store, verified while it is copied. Until it is whole and durable
   * nothing is in its place, or what was there before. An image that is there already is only
   * mended.
   *
   * @param image one whose origin is a {@link ImageOrigin.Disk}
   * @throws ProblemException when the source is not what is pinned, or there is no room
   */
  public void store(Image image, Progress progress) {
    ImageOrigin.Disk disk = prepare(image);
    file(image).store(disk.source(), web, image.size(), progress);
  }

  /** As {@link #store}, in the place of whatever lies there. */
  public void replace(Image image, Progress progress) {
    ImageOrigin.Disk disk = prepare(image);
    file(image).replace(disk.source(), web, image.size(), progress);
    try {
      for (WideImage wide : WideImage.of(layout, file(image).version())) {
        wide.make();
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at the images in " + layout.images(), e);
    }
  }

  /** A version is as whole as the least whole of its files. */
  private Upkeep worst(Upkeep image, List<WideImage> copies) throws IOException {
    Upkeep worst = image;
    for (WideImage wide : copies) {
      PinnedFile file = wide.file();
      Upkeep seen = new Inspection(file).look(flags.of(List.of(file.place())).get(file.place()));
      if (seen.content().compareTo(worst.content()) > 0) {
        worst = new Upkeep(seen.content(), seen.found(), image.unusedSince(), image.repairAsked());
      }
    }
    return worst;
  }

  private ImageOrigin.Disk prepare(Image image) {
    if (!(image.origin() instanceof ImageOrigin.Disk disk)) {
      throw new IllegalArgumentException("image " + image.name() + " has no source to store it by");
    }
    if (image.size().bytes() % SECTOR != 0) {
      throw Problem.of(
              "image-size",
              "image " + image.name() + " has " + image.size() + ", which is no multiple of 512 B")
          .hint("A disk has whole sectors: pad the file with truncate(1), then pin it anew.")
          .asException();
    }
    makeFolder(layout, image);
    return disk;
  }

  static void makeFolder(Layout layout, Image image) {
    try {
      Folders.make(layout.images(), Folders.READABLE);
      AbandonedParts.remove(layout.images());
      Folders.make(layout.images().resolve(image.name().value()), Folders.READABLE);
    } catch (IOException e) {
      throw DiskProblem.of("making the folder of image " + image.name(), e);
    }
  }

  private PinnedFile file(Image image) {
    return PinnedFile.image(layout, image.name(), image.version());
  }
}
