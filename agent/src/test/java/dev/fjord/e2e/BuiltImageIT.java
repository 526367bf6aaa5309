package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.build.AptMirror;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A machine on an image that fjord itself builds of the packages of a mirror. */
class BuiltImageIT {
  private static final Path EXAMPLE = Path.of("../examples/images/debian");
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void the_debian_of_the_examples_is_built_once_and_boots() throws Exception {
    var mirror = AptMirror.assumed();
    try (var world = World.empty()) {
      world.settings("readyTimeout: 10m\n");
      // The mirror is not reached from a network namespace of a test, and nothing else that is
      // declared here touches a network: only the image is built outside of it.
      describe(world, mirror);
      world.site.remove("switches", "partners").push("An image");
      var run = apply(Command.of(words(world)));
      assertThat(run.changes()).contains("create image/debian");
      var image = world.status().path("images").path(0);
      assertThat(image.path("name").asText()).isEqualTo("debian");
      var version = image.path("digest").asText();
      var stored = world.state().resolve("images/debian/" + version + ".img");
      var digest =
          Command.of("sha256sum", stored.toString()).timeout(PATIENCE).output().substring(0, 64);
      assertThat(image.path("built").path("sha256").asText()).isEqualTo(digest);
      assertThat(world.fjord("status").text())
          .contains("image debian@" + version.substring(0, 12) + ": 1GiB, built ")
          .contains("sha256 " + digest);

      describe(world, mirror);
      world.site.push("A machine on it");
      run = apply(world.inside(words(world).toArray(String[]::new)));
      assertThat(run.changes()).contains("start instance/linda");
      assertThat(run.changes()).noneMatch(change -> change.contains("image/debian"));
      assertThat(world.answers(world.address("linda"))).isTrue();
      Awaitility.await("ssh")
          .atMost(PATIENCE)
          .until(() -> world.ssh("linda", "linda", world.address("linda"), "true").exit() == 0);
      assertThat(world.guest("linda", "cat /etc/os-release; systemctl is-active ssh"))
          .contains("VERSION_CODENAME=trixie")
          .endsWith("active");
      assertThat(world.guest("linda", "stat -c %u:%g:%a /etc/shadow; ls /etc/ssh"))
          .startsWith("0:42:640")
          .contains("ssh_host_ed25519_key");
      assertThat(world.guest("linda", "ip -6 address show dev vec0"))
          .contains("inet6 2001:db8::5/64 scope global");
      assertThat(world.guest("linda", "ip -6 route show default"))
          .contains("default via 2001:db8::1 dev vec0");
      assertThat(world.guest("linda", "cat /etc/resolv.conf"))
          .contains("nameserver 192.0.2.1")
          .contains("search lan.example.org");
    }
  }

  private static void describe(World world, String mirror) throws Exception {
    world.site.reset();
    world.site.remove("partners/bob", "partners/bob.yaml", "images/tiny.yaml");
    var document =
        Files.readString(EXAMPLE.resolve("debian.yaml"))
            .replaceFirst("mirror: .*", "mirror: " + mirror)
            .replaceFirst("size: .*", "size: 1GiB");
    world.site.write("images/debian.yaml", document);
    world.site.write("images/debian/setup.sh", Files.readString(EXAMPLE.resolve("setup.sh")));
    world.site.write(
        "fjord.yaml", Site.document("Site", "slart", "  defaults: {image: debian, kernel: uml}\n"));
    world.site.write(
        "switches/lan.yaml",
        Site.document(
            "Switch",
            "lan",
            """
              subnet: 192.0.2.0/27
              subnet6: 2001:db8::/64
              domain: lan.example.org
              nameservers: [192.0.2.1]
            """));
    world.site.write(LINDA.with("memory", "256MiB"));
  }

  private static List<String> words(World world) {
    return List.of(
        Ready.fjord().toString(),
        "apply",
        "--config",
        world.config().toString(),
        "--format",
        "json");
  }

  private static Run apply(Command command) {
    var output = command.with("JAVA_HOME", System.getProperty("java.home")).timeout(PATIENCE).run();
    var run = new Run(output.exit(), output.text(), output.error());
    assertThat(run.exit()).as("%s", run).isZero();
    return run;
  }
}
