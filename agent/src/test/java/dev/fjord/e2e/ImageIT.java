package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a new version of an image does to the machines that stand on it. */
class ImageIT {
  private static World world;

  @BeforeAll
  static void linda_and_bob_run() throws Exception {
    world = World.ofLindaAndBob();
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
    }
  }

  @Test
  void a_new_version_replaces_the_root_of_who_asked_for_it_and_going_back_brings_it_back()
      throws Exception {
    world.site.write(LINDA.with("onImageChange", "replace")).push("linda always wants the newest");
    assertThat(world.settles().fields()).containsExactly("onImageChange: keep -> replace");
    world.guest("linda", "echo mine >/root/note; echo kept >/srv/storage/note; sync");
    var bob = world.pid("bob");
    var old = Site.digest(Ready.tinyImage());
    var second = secondVersion();

    world.site.write("images/tiny.yaml", Site.pinned("Image", "tiny", second, "64MiB"));
    world.site.push("A new image");
    var plan = world.plan();
    assertThat(plan.changes())
        .containsExactlyInAnyOrder("create image/tiny", "restart instance/linda");
    var restart = plan.plan().path("changes").get(1);
    assertThat(restart.path("disruption").asText()).isEqualTo("data");
    assertThat(restart.path("reason").asText())
        .contains("its root goes to the trash")
        .contains("its volumes stay");
    assertThat(restart.path("fields").toString())
        .contains("tiny@" + old.substring(0, 12), "tiny@" + Site.digest(second).substring(0, 12));
    world.settles();
    world.forgetHostKeys(); // They are made on the root.
    assertThat(world.guest("linda", "test -e /root/note || echo gone; cat /srv/storage/note"))
        .isEqualTo("gone\nkept");
    assertThat(world.instance("linda").path("outdated").asBoolean(true)).isFalse();
    assertThat(world.instance("bob").path("outdated").asBoolean(false)).isTrue();
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(rootsInTrash()).isEqualTo(1);
    assertThat(world.settles().changes()).isEmpty();

    world.site.git("revert", "--no-edit", "HEAD");
    world.site.push("Back again");
    world.settles();
    world.forgetHostKeys();
    assertThat(world.guest("linda", "cat /root/note /srv/storage/note")).isEqualTo("mine\nkept");
    assertThat(rootsInTrash()).as("the second root, in turn").isEqualTo(1);
    assertThat(world.instance("bob").path("outdated").asBoolean(true)).isFalse();
  }

  /** Other bytes, the same system: another label. */
  private static Path secondVersion() throws Exception {
    var second = world.folder.resolve("tiny2.img");
    Files.copy(Ready.tinyImage(), second);
    Command.of("chattr", "-i", second.toString()).run();
    Command.of("chmod", "0644", second.toString()).output();
    Command.of("e2label", second.toString(), "second").output();
    return second;
  }

  private static long rootsInTrash() throws Exception {
    try (Stream<Path> files = Files.walk(world.state().resolve("trash"))) {
      return files.filter(file -> file.endsWith("root.cow")).count();
    }
  }
}
