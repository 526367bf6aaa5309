package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.HostPort.Progress;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.Digest;
import dev.fjord.model.Kernel;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredKernel;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of this host: {@code kernels/NAME/SHA256/linux}, mode 0555, kept as {@link
 * ImageStore} keeps images. Of one that came in a Debian package, {@code linux.json} tells the
 * digest of the binary, and {@code modules/VERSION/} are its modules. What else lies in such a
 * folder is not looked at.
 */
public final class KernelStore {
  private static final String MODE = "r-xr-xr-x";

  private final Layout layout;

  public KernelStore(Layout layout) {
    this.layout = layout;
  }

  /**
   * The kernels that are there and look whole, each without a trial: this store tries nothing.
   *
   * @throws dev.fjord.problem.ProblemException when the store could not be read
   */
  public Checked<List<StoredKernel>> observe() {
    List<StoredKernel> kernels = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    try {
      for (StoredVersion version : StoredVersion.list(layout.kernels(), "", problems)) {
        PinnedFile file = pinned(version.name(), version.digest());
        Problem fault = file.fault();
        if (fault == null) {
          kernels.add(new StoredKernel(version.name(), version.digest(), null));
        } else if (Folders.exists(file.place())) {
          problems.add(fault);
        }
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at the kernels in " + layout.kernels(), e);
    }
    return new Checked<>(kernels, problems);
  }

  /** As {@link ImageStore#store}; a kernel's length is not pinned, its digest is. */
  public void store(Kernel kernel, Progress progress) {
    makeFolder(kernel);
    pinned(kernel.name(), kernel.sha256()).store(kernel.source(), kernel.sha256(), null, progress);
  }

  /** Whether it is there; one that was touched is verified and mended. */
  public boolean has(Kernel kernel, Progress progress) {
    PinnedFile file = pinned(kernel.name(), kernel.sha256());
    if (file.fault() == null) {
      return true;
    }
    try {
      return file.mend(content(kernel.name(), kernel.sha256()), null, progress) && file.protect();
    } catch (IOException e) {
      throw DiskProblem.of("looking at kernel " + kernel.name() + " at " + file.place(), e);
    }
  }

  /** The digest that the binary is to have: the pinned one, unless that is its package's. */
  public Digest content(ResourceName name, Digest version) {
    BuiltContent unpacked = record(name, version).read();
    return unpacked == null ? version : unpacked.sha256();
  }

  /**
   * Takes a verified binary into the store, from the same file system.
   *
   * @param modules of the same package, a folder for their version in it; null for none
   * @param unpacked what the binary is; null when that is what is pinned
   */
  public void take(
      Kernel kernel,
      Path binary,
      @Nullable Path modules,
      @Nullable BuiltContent unpacked,
      Progress progress) {
    makeFolder(kernel);
    Path place = layout.kernelModules(kernel.name(), kernel.sha256());
    try {
      Folders.delete(place);
      if (modules != null) {
        DurableFile.moveIntoPlace(modules, place);
      }
      if (unpacked != null) {
        record(kernel.name(), kernel.sha256()).write(unpacked);
      }
      // Last: with it the kernel is there.
      pinned(kernel.name(), kernel.sha256()).settle(binary, progress);
    } catch (IOException e) {
      throw DiskProblem.of("storing kernel " + kernel.name(), e);
    }
  }

  private void makeFolder(Kernel kernel) {
    try {
      Folders.make(layout.kernels(), Folders.READABLE);
      Folders.make(layout.kernels().resolve(kernel.name().value()), Folders.READABLE);
      Folders.make(layout.kernelFolder(kernel.name(), kernel.sha256()), Folders.READABLE);
    } catch (IOException e) {
      throw DiskProblem.of("making the folder of kernel " + kernel.name(), e);
    }
  }

  private ContentRecord record(ResourceName name, Digest version) {
    return new ContentRecord(layout.kernelContent(name, version));
  }

  private PinnedFile pinned(ResourceName name, Digest digest) {
    return new PinnedFile("kernel " + name, layout.kernel(name, digest), MODE);
  }
}
