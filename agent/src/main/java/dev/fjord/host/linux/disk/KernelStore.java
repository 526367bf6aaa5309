package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.Kernel;
import dev.fjord.model.Layout;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The kernels of this host: {@code kernels/NAME/SHA256/linux}, mode 0555, kept as {@link
 * ImageStore} keeps images. What else lies in such a folder is not looked at.
 */
public final class KernelStore {
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
   * The kernels that are there, as {@link ImageStore#observe}; each without a trial: this store
   * tries nothing.
   *
   * @throws dev.fjord.problem.ProblemException when the store could not be read
   */
  public Checked<List<StoredKernel>> observe() {
    List<StoredKernel> kernels = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    try {
      List<PinnedFile> files =
          StoredVersion.list(layout.kernels(), "", problems).stream()
              .map(version -> PinnedFile.kernel(layout, version.name(), version.digest()))
              .filter(file -> Folders.exists(file.place()))
              .toList();
      Map<Path, Boolean> flags = ImmutableFlag.of(files.stream().map(PinnedFile::place).toList());
      for (PinnedFile file : files) {
        Version version = file.version();
        Upkeep upkeep = new Inspection(file).look(flags.get(file.place()));
        kernels.add(new StoredKernel(version.name(), version.digest(), null, upkeep));
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at the kernels in " + layout.kernels(), e);
    }
    return new Checked<>(kernels, problems);
  }

  /** As {@link ImageStore#store}; a kernel's length is not pinned, its digest is. */
  public void store(Kernel kernel, Progress progress) {
    prepare(kernel);
    PinnedFile.kernel(layout, kernel.name(), kernel.sha256())
        .store(kernel.source(), web, null, progress);
  }

  /** As {@link ImageStore#replace}. */
  public void replace(Kernel kernel, Progress progress) {
    prepare(kernel);
    PinnedFile.kernel(layout, kernel.name(), kernel.sha256())
        .replace(kernel.source(), web, null, progress);
  }

  private void prepare(Kernel kernel) {
    Path folder = layout.kernelFolder(kernel.name(), kernel.sha256());
    try {
      Folders.make(layout.kernels(), Folders.READABLE);
      Leftovers.remove(layout.kernels());
      Folders.make(layout.kernels().resolve(kernel.name().value()), Folders.READABLE);
      Folders.make(folder, Folders.READABLE);
    } catch (IOException e) {
      throw DiskProblem.of("making the folder of kernel " + kernel.name(), e);
    }
  }
}
