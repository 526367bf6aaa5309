package dev.fjord.host.linux.build;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.model.ByteSize;
import dev.fjord.model.ImageOrigin.Debootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a system that mmdebstrap(1) makes of a Debian suite.
 *
 * @param what as people call it ({@code image debian})
 * @param largestFile no file in it grows beyond
 */
record DebianSystem(String what, Debootstrap recipe, ByteSize largestFile) {
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final String ROOT = "/build/root";
  private static final String SCRIPT = "/build/root/.fjord-post-install";

  /**
   * The variables that apt and curl heed (apt-transport-http(1)); they are passed on as the agent
   * has them.
   */
  private static final List<String> PROXIES =
      List.of("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY");

  void into(BuildRoom room, Progress progress) throws IOException {
    progress.report(
        "%s: mmdebstrap fetches and unpacks %s from %s"
            .formatted(what, recipe.suite(), recipe.mirror()));
    new BuildStage(
            "building " + what,
            LIMIT,
            "Above are its last lines. Suite, components and packages are as spec.debootstrap has"
                + " them; is the mirror reachable from this host?")
        .run(confinement(room), bootstrap());
    String script = recipe.postInstall();
    if (script != null) {
      progress.report(what + ": the post-install script runs");
      runScript(room, script);
    }
  }

  private List<String> bootstrap() {
    List<String> words = new ArrayList<>(List.of("mmdebstrap", "--mode=root"));
    words.addAll(List.of("--variant=minbase", "--format=directory", "--skip=chroot/mount/sys"));
    words.add("--components=" + String.join(",", recipe.components()));
    if (!recipe.packages().isEmpty()) {
      words.add("--include=" + String.join(",", recipe.packages()));
    }
    words.addAll(List.of("--", recipe.suite(), ROOT, recipe.mirror()));
    return words;
  }

  /** Shown in a place of its own, so that nothing of it stays in the image. */
  private void runScript(BuildRoom room, String script) throws IOException {
    Path file = BuildUsers.give(Files.writeString(room.script(), script));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path place = room.root().resolve(".fjord-post-install");
    BuildUsers.give(Files.createFile(place));
    new BuildStage(
            "running the post-install script of " + what,
            LIMIT,
            "Above is what it printed last. It runs within the new system as its root; packages"
                + " belong into spec.debootstrap.packages.")
        .run(
            confinement(room).system(ROOT).readOnly(file, SCRIPT),
            List.of("chroot", ROOT, "/.fjord-post-install"));
    Files.delete(place);
  }

  private BuildConfinement confinement(BuildRoom room) {
    BuildConfinement confinement =
        new BuildConfinement(room, largestFile)
            .writable(room.root(), ROOT)
            .withNetwork()
            .variable("DEBIAN_FRONTEND", "noninteractive")
            .variable("SOURCE_DATE_EPOCH", FileSystem.EPOCH);
    for (String proxy : PROXIES) {
      String value = System.getenv(proxy);
      if (value != null) {
        confinement.variable(proxy, value);
      }
    }
    return confinement;
  }
}
