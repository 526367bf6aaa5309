package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.model.KernelCommandLine;
import dev.fjord.model.Layout;
import dev.fjord.plan.Step.Launch;
import dev.fjord.problem.Nearest;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All modules of a kernel on a disk that its guests have in common: an ext4 without a journal,
 * since no guest ever writes to it, and a kernel reads such a file system without a module. A guest
 * takes from it what its document names, and whatever else a program in it asks for by modprobe(8).
 */
public record ModulesDisk(Layout layout) {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final long BLOCK = 4096;

  /** Inodes, bitmaps and folders: 256 bytes for each of some thousand files, and then some. */
  private static final long BESIDE = 8 << 20;

  /** Two starts at once make one of them wait. */
  private static final Object MAKING = new Object();

  /**
   * Makes the disk that a start needs, unless it is there or the start needs none.
   *
   * @throws dev.fjord.problem.ProblemException when the kernel has no module that is asked for, or
   *     it could not be made
   */
  public void provide(Launch launch) {
    Path place = layout.modulesDisk(launch.kernel(), launch.kernelDigest());
    List<String> asked = asked(launch.boot().arguments());
    if (asked.isEmpty()) {
      return;
    }
    KernelModules modules = new KernelModules(layout, launch.kernel(), launch.kernelDigest());
    try {
      refuseUnknown(launch, asked, modules.names());
      synchronized (MAKING) {
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
          make(place, Objects.requireNonNull(modules.versioned())); // It has names.
        }
      }
    } catch (IOException e) {
      throw Problem.of("modules-failed", "making " + place + " failed")
          .detail(e.toString())
          .hint("Instance " + launch.name() + " is not started until it can be made.")
          .asException(e);
    }
  }

  private static List<String> asked(List<String> arguments) {
    return arguments.stream()
        .filter(word -> word.startsWith(KernelCommandLine.MODULES + "="))
        .flatMap(word -> Stream.of(word.substring(word.indexOf(':') + 1).split(",", -1)))
        .toList();
  }

  private static void refuseUnknown(Launch launch, List<String> asked, Set<String> known) {
    for (String name : asked) {
      if (!known.contains(name)) {
        String nearest = Nearest.hint(name, Nearest.beginningAlike(name, known));
        throw Problem.of(
                "module-missing",
                "instance "
                    + launch.name()
                    + " asks for the module '"
                    + name
                    + "', and its kernel "
                    + launch.kernel()
                    + " has none of that name")
            .hint(nearest == null ? "What is built into a kernel is no module." : nearest)
            .asException();
      }
    }
  }

  private static void make(Path place, Path folder) throws IOException {
    Path unfinished = DurableFile.beside(place);
    Files.deleteIfExists(unfinished);
    Command.of(
            "mkfs.ext4",
            "-q",
            "-F",
            "-b",
            Long.toString(BLOCK),
            "-m",
            "0",
            "-O",
            "^has_journal",
            "-E",
            "root_owner=0:0,lazy_itable_init=0,nodiscard",
            "-d",
            folder.toString(),
            unfinished.toString(),
            size(folder) / 1024 + "k")
        .timeout(LIMIT)
        .output();
    Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("r--r--r--"));
    DurableFile.moveIntoPlace(unfinished, place);
  }

  private static long size(Path folder) throws IOException {
    long bytes = BESIDE;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        long length = Files.size(file);
        bytes += BLOCK + (length + BLOCK - 1) / BLOCK * BLOCK;
      }
    }
    return bytes + bytes / 20;
  }
}
