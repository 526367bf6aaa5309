package dev.fjord.host.linux.build;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.disk.BuiltImages;
import dev.fjord.host.linux.disk.DiskProblem;
import dev.fjord.host.linux.disk.ImageStore;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** Brings images into the store, whatever they are made of. */
public final class ImageBuilder {
  private final Layout layout;
  private final ImageStore store;
  private final BuiltImages built;
  private final InstantSource clock;

  public ImageBuilder(Layout layout, ImageStore store, BuiltImages built, InstantSource clock) {
    this.layout = layout;
    this.store = store;
    this.built = built;
    this.clock = clock;
  }

  /**
   * Stores or builds it; one that is there already is neither read nor built again. Until it is
   * whole and durable nothing is in its place. The next build clears away what a killed one left,
   * and begins anew.
   *
   * @throws dev.fjord.problem.ProblemException when it could not be made, or is lost
   */
  public void store(Image image, Progress progress) {
    switch (image.origin()) {
      case ImageOrigin.Disk disk -> store.store(image, progress);
      case ImageOrigin.Tarball tarball ->
          build(image, new TarContent(image, tarball, built)::into, progress);
      case ImageOrigin.Debootstrap recipe ->
          build(image, new DebianSystem(what(image), recipe, image.size())::into, progress);
    }
  }

  /** Fills the root of a build. */
  private interface Filling {
    void into(BuildRoom room, Progress progress) throws IOException;
  }

  private void build(Image image, Filling filling, Progress progress) {
    if (built.has(image, progress)) {
      return;
    }
    try (BuildRoom room = BuildRoom.enter(layout, BuildRoom.Use.IMAGE)) {
      filling.into(room, progress);
      progress.report(what(image) + ": making the file system, " + image.size());
      Path made = new FileSystem(what(image), image.version(), image.size()).make(room);
      BuiltContent content = built.take(image, made, clock.instant(), progress);
      progress.report(what(image) + ": built, sha256 " + content.sha256());
    } catch (IOException e) {
      throw DiskProblem.of("building " + what(image), e);
    }
  }

  private static String what(Image image) {
    return "image " + image.name();
  }
}
