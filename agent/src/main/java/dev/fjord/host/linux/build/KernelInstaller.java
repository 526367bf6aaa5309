package dev.fjord.host.linux.build;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.disk.DiskProblem;
import dev.fjord.host.linux.disk.KernelStore;
import dev.fjord.host.linux.origin.Form;
import dev.fjord.host.linux.origin.VerifiedCopy;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Kernel;
import dev.fjord.model.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** Brings kernels into the store: binaries, and Debian packages with one in them. */
public final class KernelInstaller {
  private final Layout layout;
  private final KernelStore store;
  private final InstantSource clock;

  public KernelInstaller(Layout layout, KernelStore store, InstantSource clock) {
    this.layout = layout;
    this.store = store;
    this.clock = clock;
  }

  /**
   * Stores it; one that is there already is only mended. The first bytes of the pinned file
   * distinguish a package from a binary.
   *
   * @throws dev.fjord.problem.ProblemException when the source is not what is pinned
   */
  public void store(Kernel kernel, Progress progress) {
    if (!store.has(kernel, progress)) {
      replace(kernel, progress);
    }
  }

  /** As {@link #store}, in the place of whatever lies there. */
  public void replace(Kernel kernel, Progress progress) {
    KernelStore.Fetched fetched = store.fetch(kernel, progress);
    if (fetched.form() == Form.DEBIAN_PACKAGE) {
      unpack(kernel, fetched.file(), progress);
    } else {
      store.take(kernel, fetched.file(), null, null, progress);
    }
  }

  private void unpack(Kernel kernel, Path fetched, Progress progress) {
    String what = "kernel " + kernel.name();
    try (BuildRoom room = BuildRoom.enter(layout, BuildRoom.Use.KERNEL)) {
      BuildUsers.give(Files.move(fetched, room.source()));
      progress.report(what + ": unpacking its Debian package");
      KernelPackage.Unpacked unpacked = new KernelPackage(what).unpack(room);
      long length = Files.size(unpacked.binary());
      VerifiedCopy binary = VerifiedCopy.ofFile(unpacked.binary(), length, done -> {});
      store.take(
          kernel,
          unpacked.binary(),
          unpacked.modules(),
          new BuiltContent(binary.digest(), new ByteSize(length), clock.instant()),
          progress);
    } catch (IOException e) {
      throw DiskProblem.of("storing " + what, e);
    }
  }
}
