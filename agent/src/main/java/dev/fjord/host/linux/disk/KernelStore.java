package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.Expected;
import dev.fjord.host.linux.origin.Form;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.BuiltContent;
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
import org.jspecify.annotations.Nullable;

/**
 * The kernels of this host: {@code kernels/NAME/SHA256/linux}, mode 0555, kept as {@link
 * ImageStore} keeps images. For a kernel from a Debian package, {@code linux.json} holds the digest
 * of the binary, and {@code modules/VERSION/} its modules. Anything else in such a folder is
 * ignored.
 */
public final class KernelStore {
  private final Layout layout;
  private final Web web;
  private final KnownFlags flags = new KnownFlags();

  public KernelStore(Layout layout) {
    this(layout, Web.usual());
  }

  /** A store that fetches by {@code web}. */
  public KernelStore(Layout layout, Web web) {
    this.layout = layout;
    this.web = web;
  }

  /**
   * The kernels that are there, as {@link ImageStore#observe}; each without a trial, since this
   * store tries no kernel.
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
      Map<Path, Boolean> immutable = flags.of(files.stream().map(PinnedFile::place).toList());
      for (PinnedFile file : files) {
        Version version = file.version();
        Upkeep upkeep = new Inspection(file).look(immutable.get(file.place()));
        kernels.add(new StoredKernel(version.name(), version.digest(), null, upkeep));
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at the kernels in " + layout.kernels(), e);
    }
    return new Checked<>(kernels, problems);
  }

  /** Whether it is there; one that was touched is verified and mended. */
  public boolean has(Kernel kernel, Progress progress) {
    PinnedFile file = file(kernel);
    if (!Folders.exists(file.place())) {
      return false;
    }
    file.mend(List.of(), progress);
    return true;
  }

  /**
   * Fetches what is pinned, verified while it is copied; a kernel's length is not pinned, its
   * digest is. What lies in its place stays.
   *
   * @throws dev.fjord.problem.ProblemException when the source is not what is pinned, or there is
   *     no room
   */
  public Fetched fetch(Kernel kernel, Progress progress) {
    prepare(kernel);
    PinnedFile file = file(kernel);
    Path unfinished = DurableFile.beside(file.place());
    try {
      Form form =
          new PinnedSource(file.what(), kernel.source(), web)
              .copy(unfinished, Expected.pinned(kernel.sha256(), null), progress)
              .form();
      return new Fetched(unfinished, form);
    } catch (IOException e) {
      throw DiskProblem.of("storing " + file.what() + " at " + file.place(), e);
    }
  }

  /**
   * What was fetched, not in its place yet.
   *
   * @param form whether it is a package or the binary
   */
  public record Fetched(Path file, Form form) {}

  /**
   * Takes a verified binary into the store, from the same file system, in the place of whatever
   * lies there.
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
    prepare(kernel);
    PinnedFile file = file(kernel);
    Path place = layout.kernelModules(kernel.name(), kernel.sha256());
    try {
      Folders.delete(place);
      if (modules != null) {
        DurableFile.moveIntoPlace(modules, place);
      }
      if (unpacked != null) {
        file.content().write(unpacked);
      }
      // This comes last: with it the kernel is complete.
      file.settle(binary, progress);
    } catch (IOException e) {
      throw DiskProblem.of("storing " + file.what() + " at " + file.place(), e);
    }
  }

  private void prepare(Kernel kernel) {
    Path folder = layout.kernelFolder(kernel.name(), kernel.sha256());
    try {
      Folders.make(layout.kernels(), Folders.READABLE);
      AbandonedParts.remove(layout.kernels());
      Folders.make(layout.kernels().resolve(kernel.name().value()), Folders.READABLE);
      Folders.make(folder, Folders.READABLE);
    } catch (IOException e) {
      throw DiskProblem.of("making the folder of kernel " + kernel.name(), e);
    }
  }

  private PinnedFile file(Kernel kernel) {
    return PinnedFile.kernel(layout, kernel.name(), kernel.sha256());
  }
}
