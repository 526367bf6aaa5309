package dev.fjord.host.linux.uml;

import static java.util.stream.Collectors.joining;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step.Launch;
import dev.fjord.plan.Step.Port;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The command that starts an instance's kernel, confined to what belongs to it. */
final class InstanceCommand {
  private static final Pattern MEMORY = Pattern.compile("mem=([0-9]{1,12})([KMG])");

  /**
   * A process that waits for bubblewrap, so that a kernel outlives the process that started it.
   * bubblewrap cannot do this: when it does not end with its parent, it leaves helpers of a kernel
   * that has died behind, and they hold its disks (seen with a panic of 6.1.176).
   */
  private static final List<String> UNTIED = List.of("unshare", "--fork", "--");

  private static final Path SHM = Path.of("/dev/shm");

  /** A pid file and a socket. */
  private static final ByteSize UML_DIRECTORY = new ByteSize(64 << 10);

  /** Beside the guest's memory UML keeps nothing there but, for a moment, a page. */
  private static final ByteSize BESIDE_MEMORY = ByteSize.mib(4);

  private final Layout layout;
  private final KernelTrial trial;

  InstanceCommand(Layout layout, KernelTrial trial) {
    this.layout = layout;
    this.trial = trial;
  }

  Starter.Begun begun(Launch launch, LaunchDisks disks) {
    ByteSize shared = memory(launch.boot().arguments()).plus(BESIDE_MEMORY);
    Confinement confinement =
        new Confinement(launch.uid(), new ByteSize(Math.max(disks.longest(), shared.bytes())))
            .asking(SyscallFilter.KERNEL.file(layout))
            .noted()
            .scratch(SHM, shared) // First: what comes later may lie in it.
            .scratch(layout.umlDirectory(launch.name()), UML_DIRECTORY)
            .readOnly(answers(launch.name()))
            .readOnly(layout.kernelFolder(launch.kernel(), launch.kernelDigest()))
            .readOnly(disks.image())
            .writable(disks.cow())
            .variable("TMPDIR", SHM.toString());
    disks.raw().forEach(confinement::writable);
    disks.shared().forEach(confinement::readOnly);
    launch.ports().stream()
        .filter(Port::daemon)
        .map(port -> layout.switchFolder(port.lease().network()))
        .distinct()
        .forEach(confinement::readOnly); // The folder, so that a later daemon's socket is seen.
    if (launch.ports().stream().anyMatch(port -> !port.daemon())) {
      confinement.device(new TunDevice(layout).node(), TunDevice.PATH);
    }
    Path initramfs = new Initramfs(layout).made(launch);
    if (initramfs != null) {
      confinement.readOnly(initramfs);
    }
    List<Path> libraries = libraries(launch);
    libraries.forEach(confinement::readOnly);
    if (!libraries.isEmpty()) {
      confinement.variable(
          "LD_PRELOAD", libraries.stream().map(Path::toString).collect(joining(":")));
    }
    return confinement.begun(launch.boot().words()).by(UNTIED);
  }

  /** Without what an agent that was killed has left in it. */
  private Path answers(ResourceName name) {
    Path folder = layout.answers(name);
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(layout.answers(), PosixFilePermissions.fromString("rwx------"));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
        for (Path socket : left) {
          Files.deleteIfExists(socket);
        }
      }
      return folder;
    } catch (IOException e) {
      throw Problem.of("write-failed", "preparing " + folder + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  private List<Path> libraries(Launch launch) {
    @Nullable Path boots = trial.libraryFor(launch.kernel(), launch.kernelDigest());
    @Nullable Path retaps = launch.ports().isEmpty() ? null : new RetapLibrary(layout).compiled();
    return Stream.of(Optional.ofNullable(boots), Optional.ofNullable(retaps))
        .flatMap(Optional::stream)
        .toList();
  }

  private static ByteSize memory(List<String> arguments) {
    for (String argument : arguments) {
      Matcher memory = MEMORY.matcher(argument);
      if (memory.matches()) {
        return ByteSize.parse(memory.group(1) + memory.group(2) + "iB");
      }
    }
    throw new IllegalArgumentException("the arguments say nothing about memory: " + arguments);
  }
}
