package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images, kernels, guests and disks that are not as they should be. The others go on. */
class FaultsIT {
  private static World world;

  private long bob;

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

  @BeforeEach
  void as_at_the_beginning() throws Exception {
    world.beginAgain();
    bob = world.pid("bob");
  }

  private void assertThatBobRunsOn() {
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(world.answers(world.address("bob"))).isTrue();
  }

  @Test
  void a_machine_that_had_to_be_killed_is_told_of() throws Exception {
    Command.of("kill", "-STOP", Long.toString(world.pid("linda"))).output();
    world.site.write(LINDA.with("power", "stopped")).push("Stop linda");
    var run = world.settles(); // It is stopped, and that is what was asked for.
    assertThat(run.json().at("/outcomes/0/problem/code").asText()).isEqualTo("ended-hard");
    assertThat(run.json().at("/outcomes/0/problem/summary").asText())
        .contains("was ended by SIGKILL", "had not written to its disks is lost");
    assertThat(run.json().at("/outcomes/0/problem/detail").asText())
        .contains("tried: ctrl-alt-del, not taken by its kernel", "SIGTERM, no end within");
    assertThat(world.instance("linda").path("problems").toString()).contains("ended-hard");
    assertThat(Files.readString(world.state().resolve("journal/changes.jsonl")))
        .contains("ended-hard", "SIGTERM, no end within");
    assertThatBobRunsOn();
  }

  @Test
  void an_image_that_is_not_what_its_digest_says_is_not_used() throws Exception {
    var image = Files.writeString(world.folder.resolve("other.img"), "x".repeat(4096));
    world
        .site
        .write(
            "images/other.yaml",
            Site.document(
                "Image",
                "other",
                "  source: file:%s\n  sha256: %s\n  size: 4KiB\n".formatted(image, "0".repeat(64))))
        .write(BOB.named("carol").with("image", "other"))
        .push("carol on another image");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(5);
    assertThat(run.text()).contains("digest", "0".repeat(12), Site.digest(image).substring(0, 12));
    assertThat(world.state().resolve("instances/carol")).doesNotExist();
    assertThatBobRunsOn();

    Files.delete(image);
    var gone = world.apply();
    assertThat(gone.exit()).isEqualTo(5);
    assertThat(gone.text()).contains("source-missing", image.toString());
    assertThatBobRunsOn();
  }

  @Test
  void a_stored_image_outlives_its_source() throws Exception {
    var image = world.folder.resolve("copy.img");
    Files.copy(Ready.tinyImage(), image);
    world
        .site
        .write("images/copy.yaml", Site.pinned("Image", "copy", image, "64MiB"))
        .write(BOB.named("dora").with("image", "copy"))
        .push("dora on a copy");
    world.settles();
    Files.delete(image);
    world.kill(world.pid("dora"));
    assertThat(world.settles().changes()).containsExactly("start instance/dora");
  }

  @Test
  void a_kernel_that_does_not_boot_starts_nobody() throws Exception {
    var text = Files.writeString(world.folder.resolve("text"), "this is no kernel\n");
    world
        .site
        .write("kernels/liar.yaml", Site.pinned("Kernel", "liar", Path.of("/bin/false"), ""))
        .write("kernels/text.yaml", Site.pinned("Kernel", "text", text, ""))
        .write(BOB.named("erin").with("kernel", "liar"))
        .write(BOB.named("erin-too").with("kernel", "text"))
        .push("Two that are no kernels");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(5);
    assertThat(run.text()).contains("kernel-does-not-boot", "kernel liar@", "kernel text@");
    assertThatBobRunsOn();
    var again = world.apply();
    assertThat(again.exit()).isEqualTo(4);
    assertThat(again.changes()).isEmpty();
    assertThat(world.processesOf("erin")).isEmpty();
    assertThatBobRunsOn();
  }

  @Test
  void a_guest_that_never_answers_is_told_with_the_end_of_its_console() throws Exception {
    var mute = Ready.muteImage(world.folder);
    world.settings("readyTimeout: 30s\n");
    world
        .site
        .write("images/mute.yaml", Site.pinned("Image", "mute", mute, "64MiB"))
        .write(BOB.named("fay").with("image", "mute"))
        .push("fay on an image without a network");
    var run = world.apply();
    assertThat(run.exit()).isEqualTo(5);
    assertThat(run.text())
        // The second where its boot was slow enough to use up its time before it stood still.
        .containsPattern("has done nothing for 15 s, and runs on|did not answer within 30 s, and")
        .contains("never-answered", "fjord console fay")
        .contains("/etc/init.d/rcS");
    assertThat(world.instance("fay").path("problems").toString()).contains("never-answered");
    assertThatBobRunsOn();
  }

  @Test
  void a_volume_that_finds_no_room_leaves_nothing_behind() throws Exception {
    try (var small = World.empty()) {
      Files.createDirectories(small.state());
      // The image takes 64 MiB less its holes.
      Command.of("mount", "-t", "tmpfs", "-o", "size=40m,mode=0755", "tmpfs", small.state() + "")
          .output();
      small.site.reset();
      // So that it is not refused before: there is room, and not enough of it.
      small.site.write("hosts/slart.yaml", small.site.host("  watermarks: {refuse: 100%}\n"));
      small.site.write(
          "partners/linda.yaml", small.site.partner("linda").replace("disk: 1GiB", "disk: 30GiB"));
      small.site.write(LINDA.with("power", "stopped")).push("linda rests");
      small.site.remove(BOB).push("bob is elsewhere");
      small.settles();
      var filler = small.state().resolve("filler");
      Command.of("dd", "if=/dev/zero", "of=" + filler, "bs=64k").run();
      Command.of("truncate", "-s", "-1M", filler.toString()).output();
      small
          .site
          .write(
              LINDA
                  .with("power", "stopped")
                  .with(
                      "volumes",
                      "[{name: storage, size: 16MiB, filesystem: ext4},"
                          + " {name: large, size: 20GiB, filesystem: ext4}]"))
          .push("A large volume");
      var run = small.apply();
      assertThat(run.exit()).as("%s", run).isEqualTo(5);
      assertThat(run.text()).contains("disk-full", "large", "Free some space");
      assertThat(small.state().resolve("instances/linda/volumes"))
          .isDirectoryContaining("glob:**/storage.img")
          .isDirectoryNotContaining("glob:**large*");
      Files.delete(filler);
      small.settles();
      assertThat(small.state().resolve("instances/linda/volumes/large.img")).exists();
    }
  }
}
