package dev.fjord.host.linux.build;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.disk.DiskProblem;
import dev.fjord.host.linux.disk.KernelStore;
import dev.fjord.host.linux.disk.PinnedSource;
import dev.fjord.host.linux.origin.Content;
import dev.fjord.host.linux.origin.Expected;
import dev.fjord.host.linux.origin.Form;
import dev.fjord.host.linux.origin.VerifiedCopy;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Kernel;
import dev.fjord.model.Layout;
import java.io.IOException;
import java.nio.file.Files;
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
   * Stores it; one that is there already is not read. The first bytes of what is pinned tell a
   * package from a binary.
   *
   * @throws dev.fjord.problem.ProblemException when the source is not what is pinned
   */
  public void store(Kernel kernel, Progress progress) {
    String what = "kernel " + kernel.name();
    if (store.has(kernel, progress)) {
      return;
    }
    try (BuildRoom room = BuildRoom.enter(layout, BuildRoom.Use.KERNEL)) {
      Content content =
          new PinnedSource(what, kernel.source(), kernel.sha256())
              .copy(room.source(), Expected.pinned(null), progress);
      if (content.form() != Form.DEBIAN_PACKAGE) {
        store.take(kernel, room.source(), null, null, progress);
        return;
      }
      BuildUsers.give(room.source());
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
