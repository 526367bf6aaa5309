package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.model.ByteSize;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.plan.ChangedVersion;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Operations on stored versions that are the same for images and kernels. */
public final class Stores {
  private final Layout layout;
  private final InstantSource clock;

  public Stores(Layout layout, InstantSource clock) {
    this.layout = layout;
    this.clock = clock;
  }

  /**
   * Reads a version that was touched and gives it back its mode, time and flag.
   *
   * @throws dev.fjord.problem.ProblemException {@code image-changed}, {@code kernel-changed} when
   *     its bytes are not those of its digest; they stay as they are
   */
  public void mend(Version version, List<String> standing, Progress progress) {
    file(version).mend(standing, progress);
    try {
      for (WideImage wide : WideImage.of(layout, version)) {
        wide.mend(standing, progress);
      }
    } catch (IOException e) {
      throw DiskProblem.of("looking at the copies of " + version.words(), e);
    }
  }

  /**
   * Notes since when nothing needs versions, and removes that note from the others.
   *
   * @param unused all that nothing needs now
   */
  public void noteUnused(Set<Version> unused) {
    try {
      for (PinnedFile file : stored()) {
        Instant since = file.notes().unusedSince();
        // A time that lies in the future, because the clock was set back, would keep the version
        // for that much longer.
        boolean noted = since != null && !since.isAfter(clock.instant());
        if (unused.contains(file.version()) && !noted) {
          file.notes().noteUnused(clock.instant());
        } else if (!unused.contains(file.version()) && noted) {
          file.notes().noteUsed();
        }
      }
    } catch (IOException e) {
      throw DiskProblem.of("noting which images and kernels are needed", e);
    }
  }

  Layout layout() {
    return layout;
  }

  /** Every version that is stored. */
  List<PinnedFile> stored() throws IOException {
    List<PinnedFile> files = new ArrayList<>();
    for (StoredVersion one : StoredVersion.list(layout.images(), ".img", new ArrayList<>())) {
      files.add(PinnedFile.image(layout, one.name(), one.digest()));
    }
    for (StoredVersion one : StoredVersion.list(layout.kernels(), "", new ArrayList<>())) {
      files.add(PinnedFile.kernel(layout, one.name(), one.digest()));
    }
    files.removeIf(file -> !Folders.exists(file.place()));
    return files;
  }

  /** An order is tried once: one that cannot be carried out is not tried for ever. */
  public void forgetRepair(Version version) {
    try {
      file(version).notes().forgetRepair();
    } catch (IOException e) {
      throw DiskProblem.of("forgetting the repair of " + version.words(), e);
    }
  }

  /** Every file of a version that a kernel may have open. */
  public List<Path> places(Version version) {
    List<Path> places = new ArrayList<>(List.of(file(version).place()));
    try {
      WideImage.of(layout, version).forEach(wide -> places.add(wide.file().place()));
      return places;
    } catch (IOException e) {
      throw DiskProblem.of("looking at the copies of " + version.words(), e);
    }
  }

  /**
   * Makes the wide copy that a kernel is to be started on, if it was lost: made from the same image
   * it has the same content, and the roots on it fit.
   *
   * @param boot the kernel's arguments
   */
  public void restoreCopy(Version image, KernelInvocation boot) {
    try {
      for (String word : boot.arguments()) {
        Path path = Path.of(word.substring(word.lastIndexOf(',') + 1));
        ByteSize size = Layout.wideSize(path);
        if (size != null && layout.isImage(path, image.name(), image.digest())) {
          new WideImage(layout, image, size).provide();
        }
      }
    } catch (IOException e) {
      throw DiskProblem.of("making a copy of " + image.words(), e);
    }
  }

  /**
   * Asks the next run to store a version again from its source.
   *
   * @throws dev.fjord.problem.ProblemException when it was built here, and has none
   */
  public void askForRepair(Version version) {
    if (isBuilt(version)) {
      throw Problem.of("no-source", version.words() + " was built here: no source has its bytes")
          .detail(file(version).place().toString())
          .hint(ChangedVersion.BUILT_HINT)
          .asException();
    }
    file(version).notes().askForRepair();
  }

  /** Whether it is an image that was built on this host. */
  public boolean isBuilt(Version version) {
    return file(version).isBuilt();
  }

  /** Removes a version; for a kernel its whole folder, which is fjord's own. */
  public void remove(Version version) {
    PinnedFile file = file(version);
    try {
      for (WideImage wide : WideImage.of(layout, version)) {
        wide.remove();
      }
      file.remove();
      if (version.kind() == Kind.KERNEL) {
        Folders.delete(layout.kernelFolder(version.name(), version.digest()));
      }
    } catch (IOException e) {
      throw DiskProblem.of("removing " + version.words() + " at " + file.place(), e);
    }
  }

  /**
   * The stored versions of that name.
   *
   * @param text {@code image/tiny}, {@code tiny@0123456789ab}, {@code kernel/uml@0123}; all when
   *     empty
   * @throws dev.fjord.problem.ProblemException when there is none
   */
  public List<Version> named(String text) {
    try {
      List<Version> all = stored().stream().map(PinnedFile::version).toList();
      List<Version> named = all.stream().filter(version -> isNamed(version, text)).toList();
      if (named.isEmpty() && !text.isEmpty()) {
        throw Problem.of("not-stored", "no stored image or kernel is called " + text)
            .detail(all.stream().map(Version::toString).collect(Collectors.joining("\n")))
            .hint("Name one as 'image/NAME', 'kernel/NAME', or with '@' and its first digits.")
            .asException();
      }
      return named;
    } catch (IOException e) {
      throw DiskProblem.of("looking which images and kernels are stored", e);
    }
  }

  private static boolean isNamed(Version version, String text) {
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    String kind = version.kind().name().toLowerCase(Locale.ROOT);
    return text.isEmpty()
        || (name.equals(version.name().value()) || name.equals(kind + "/" + version.name()))
            && version.digest().hex().startsWith(at < 0 ? "" : text.substring(at + 1));
  }

  PinnedFile file(Version version) {
    return version.kind() == Kind.IMAGE
        ? PinnedFile.image(layout, version.name(), version.digest())
        : PinnedFile.kernel(layout, version.name(), version.digest());
  }
}
