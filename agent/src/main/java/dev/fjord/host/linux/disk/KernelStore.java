package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.web.Web;
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

/**
 * The kernels of this host: {@code kernels/NAME/SHA256/linux}, mode 0555, kept as {@link
 * ImageStore} keeps images. What else lies in such a folder is not looked at.
 */
public final class KernelStore {
  private static final String MODE = "r-xr-xr-x";

  private final Layout layout;
  private final Web web;

  public KernelStore(Layout layout) {
    this(layout, Web.usual());
  }

  /** A store that fetches by these ways. */
  KernelStore(Layout layout, Web web) {
    this.layout = layout;
    this.web = web;
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
    Path folder = layout.kernelFolder(kernel.name(), kernel.sha256());
    try {
      Folders.make(layout.kernels(), Folders.READABLE);
      Leftovers.remove(layout.kernels());
      Folders.make(layout.kernels().resolve(kernel.name().value()), Folders.READABLE);
      Folders.make(folder, Folders.READABLE);
    } catch (IOException e) {
      throw DiskProblem.of("making the folder of kernel " + kernel.name(), e);
    }
    pinned(kernel.name(), kernel.sha256())
        .store(kernel.source(), web, kernel.sha256(), null, progress);
  }

  private PinnedFile pinned(ResourceName name, Digest digest) {
    return new PinnedFile("kernel " + name, layout.kernel(name, digest), MODE);
  }
}
