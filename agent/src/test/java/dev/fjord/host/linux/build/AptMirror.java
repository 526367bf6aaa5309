package dev.fjord.host.linux.build;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The mirror that this machine's own apt is set up with, and what else a build needs. */
public final class AptMirror {
  public static final String SUITE = "trixie";

  private AptMirror() {}

  public static void assumeThatBuildsRunHere() {
    assumeTrue(Samples.isRoot(), "only root can build images");
    for (var program : List.of("bwrap", "unshare", "newuidmap", "mkfs.ext4", "tar", "dpkg-deb")) {
      assumeTrue(
          Samples.isInstalled(program),
          program + " is not installed: examples/lib/prepare does it");
    }
  }

  /** Skips the test, and says why, where no mirror is known or it does not answer. */
  public static String assumed() throws IOException {
    assumeThatBuildsRunHere();
    assumeTrue(Samples.isInstalled("mmdebstrap"), "mmdebstrap is not installed");
    var targets =
        Command.of(
                "apt-get",
                "indextargets",
                "--format",
                "$(REPO_URI)|$(LABEL)",
                "Created-By: Packages")
            .run();
    var mirror =
        targets
            .text()
            .lines()
            .map(line -> line.substring(0, line.indexOf('|')))
            .filter(uri -> uri.matches("https?://.*/debian/?"))
            .findFirst();
    assumeTrue(mirror.isPresent(), "apt knows no mirror of Debian over http or https");
    assumeTrue(
        Files.isReadable(Path.of("/usr/share/keyrings/debian-archive-keyring.gpg")),
        "debian-archive-keyring is not installed");
    var found = mirror.get().replaceFirst("/$", "");
    var release = Files.createTempDirectory("fjord-it-mirror-").resolve("InRelease");
    var answer =
        Command.of(
                "/usr/lib/apt/apt-helper",
                "download-file",
                found + "/dists/" + SUITE + "/InRelease",
                release.toString())
            .run();
    Files.deleteIfExists(release);
    Files.delete(release.getParent());
    assumeTrue(answer.exit() == 0, "the mirror of apt has no " + SUITE + ": " + answer.error());
    return found;
  }
}
