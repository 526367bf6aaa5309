package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.Content;
import dev.fjord.host.linux.origin.Expected;
import dev.fjord.host.linux.origin.VerifiedCopy;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin.Tarball;
import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The images of the store that are built on this host. Their version is the digest of the recipe;
 * the result of the build is in {@code VERSION.json}, and that is what counts: the same recipe
 * would give other bytes the next time, and COWs stand on these.
 */
public final class BuiltImages {
  private final Layout layout;
  private final Web web;

  public BuiltImages(Layout layout) {
    this(layout, Web.usual());
  }

  /** Built images whose archives are fetched by {@code web}. */
  public BuiltImages(Layout layout, Web web) {
    this.layout = layout;
    this.web = web;
  }

  /**
   * Whether it is there; one that was touched, or left just short of its place by a killed run, is
   * verified and brought there.
   *
   * @return false when it was never built, or was removed because nothing needed it
   * @throws ProblemException when it was built and is lost or changed: another build would give
   *     other bytes
   */
  public boolean has(Image image, Progress progress) {
    PinnedFile file = file(image);
    BuiltContent built = file.content().read();
    if (built == null) {
      if (Folders.exists(file.place())) {
        throw lost(file, "it lies there, and what it is to hold is recorded nowhere");
      }
      return false;
    }
    try {
      if (Folders.exists(file.place())) {
        file.mend(List.of(), progress);
        return true;
      }
      Path unfinished = DurableFile.beside(file.place());
      if (Folders.isFile(unfinished) && isContent(unfinished, built)) {
        file.settle(unfinished, progress);
        return true;
      }
      if (file.notes().unusedSince() != null) {
        // A removal was cut off: nothing stands on those bytes.
        file.remove();
        return false;
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at " + file.what() + " at " + file.place(), e);
    }
    throw lost(
        file,
        "recorded: sha256 %s, %s, built %s".formatted(built.sha256(), built.size(), built.at()));
  }

  /**
   * Fetches the archive of an image, verified while it is copied. A download continues where an
   * earlier one was cut off.
   *
   * @param to a file that is not there yet, on the store's file system
   * @throws ProblemException when the source is not what is pinned
   */
  public Content fetch(Image image, Tarball tarball, Path to, Progress progress)
      throws IOException {
    ImageStore.makeFolder(layout, image);
    Path place = file(image).place();
    Path unfinished = DurableFile.beside(place.resolveSibling(image.version() + ".tar"));
    Expected expected = new Expected(tarball.sha256(), null, image.size());
    Content content =
        new PinnedSource(file(image).what(), tarball.source(), web)
            .copy(unfinished, expected, progress);
    Files.move(unfinished, to);
    return content;
  }

  /**
   * Takes what was built into the store, from the same file system, and records what it is.
   *
   * @param whole a file of root's; it is gone from there afterwards
   */
  public BuiltContent take(Image image, Path whole, Instant at, Progress progress) {
    ImageStore.makeFolder(layout, image);
    PinnedFile file = file(image);
    Path unfinished = DurableFile.beside(file.place());
    try {
      Folders.delete(unfinished);
      Files.move(whole, unfinished);
      BuiltContent built = record(file, unfinished, image.size(), at);
      file.settle(unfinished, progress);
      return built;
    } catch (IOException e) {
      throw DiskProblem.of("storing " + file.what() + " at " + file.place(), e);
    }
  }

  /**
   * From here on the next run continues after a killed one, and the unfinished file is not removed.
   */
  private static BuiltContent record(PinnedFile file, Path unfinished, ByteSize size, Instant at)
      throws IOException {
    try {
      Folders.sync(unfinished);
      VerifiedCopy found = VerifiedCopy.ofFile(unfinished, size.bytes(), done -> {});
      BuiltContent built = new BuiltContent(found.digest(), new ByteSize(found.bytes()), at);
      file.content().write(built);
      return built;
    } catch (IOException | ProblemException e) {
      Folders.delete(unfinished);
      throw e;
    }
  }

  private static boolean isContent(Path file, BuiltContent built) throws IOException {
    VerifiedCopy found = VerifiedCopy.ofFile(file, built.size().bytes(), done -> {});
    return found.bytes() == built.size().bytes() && found.digest().equals(built.sha256());
  }

  private static ProblemException lost(PinnedFile file, String found) {
    return Problem.of(
            "image-lost", file.what() + " was built once, and that build is lost: " + file.place())
        .detail(
            found
                + "\nA second build would have other bytes, and every root that stands on the first"
                + " would be damaged by them.")
        .hint(
            "Put a copy of that file back. Or change the recipe, which makes it another version"
                + " (a package more, another size). If no instance stands on it, remove the file"
                + " and %s: the next run builds anew.".formatted(file.content().path()))
        .asException();
  }

  private PinnedFile file(Image image) {
    return PinnedFile.image(layout, image.name(), image.version());
  }
}
