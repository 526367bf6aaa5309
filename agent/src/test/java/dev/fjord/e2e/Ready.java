package dev.fjord.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a machine must have to run these tests; without it they are skipped, and say why. */
final class Ready {
  static final Path KERNEL = Path.of("/usr/bin/linux.uml");

  /** The module's folder is the current one of its tests. */
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();

  private Ready() {}

  static void assume() {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can confine kernels");
    assumeTrue(Files.isExecutable(fjord()), "there is no " + fjord() + ": mvn package makes it");
    for (var program :
        List.of(
            "linux.uml",
            "uml_mkcow",
            "screen",
            "bwrap",
            "setpriv",
            "busybox",
            "dropbear",
            "ssh",
            "git",
            "ip",
            "conntrack",
            "ethtool",
            "ping",
            "mkfs.ext4")) {
      assumeTrue(isInstalled(program), program + " is not installed: examples/lib/prepare does it");
    }
    assumeTrue(Files.exists(Path.of("/dev/net/tun")), "there is no /dev/net/tun");
    var probe = "fjord-it-probe-" + ProcessHandle.current().pid();
    var made = Command.of("ip", "netns", "add", probe).run();
    assumeTrue(made.exit() == 0, "no network namespace can be made here: " + made.error());
    Command.of("ip", "netns", "delete", probe).output();
  }

  private static boolean isInstalled(String program) {
    return List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  static Path fjord() {
    return TARGET.resolve("fjord/bin/fjord");
  }

  /** The jars of the distribution, in the launcher's order, and after them the tests' classes. */
  static String classPath() throws IOException {
    return Stream.concat(
            filesOf("fjord/lib").filter(jar -> jar.toString().endsWith(".jar")),
            Stream.of(TARGET.resolve("test-classes")))
        .map(Path::toString)
        .collect(Collectors.joining(":"));
  }

  /**
   * What lets a JVM read the distribution's class cache, where the launcher found a place for it.
   */
  static Optional<String> classCache() throws IOException {
    return filesOf("fjord/cache")
        .map(Path::toString)
        .flatMap(file ->
            file.endsWith(".aot")
                ? Stream.of("-XX:AOTCache=" + file)
                : file.endsWith(".jsa")
                    ? Stream.of("-XX:SharedArchiveFile=" + file)
                    : Stream.empty())
        .findFirst();
  }

  private static Stream<Path> filesOf(String folder) throws IOException {
    try (var files = Files.list(TARGET.resolve(folder))) {
      return files.sorted().toList().stream();
    } catch (NoSuchFileException none) {
      return Stream.empty();
    }
  }

  /** The tiny image, built once for all tests of this build. */
  static synchronized Path tinyImage() throws IOException {
    var image = TARGET.resolve("it/tiny.img");
    if (!Files.exists(image)) {
      Files.createDirectories(image.getParent());
      // Of two processes of tests each makes the same bytes, and neither sees half of the other's.
      var own = image.resolveSibling("tiny-" + ProcessHandle.current().pid() + ".img");
      Command.of(CLONE.resolve("examples/images/tiny/build").toString(), own.toString())
          .timeout(Duration.ofMinutes(2))
          .output();
      Files.move(own, image, StandardCopyOption.ATOMIC_MOVE);
    }
    return image;
  }

  /** The tiny image without what sets up its network: its guest never answers. */
  static Path muteImage(Path folder) throws IOException {
    var mute = folder.resolve("mute.img");
    Files.copy(tinyImage(), mute);
    Command.of("debugfs", "-w", "-R", "rm /etc/init.d/rcS", mute.toString()).output();
    return mute;
  }
}
