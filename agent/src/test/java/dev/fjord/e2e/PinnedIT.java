package dev.fjord.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines on an image that somebody touched, or changed. */
class PinnedIT {
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
  void one_changed_byte_is_an_alarm_blocks_the_next_start_and_is_repaired_when_told()
      throws Exception {
    var image = image();
    var linda = world.pid("linda");
    var bob = world.pid("bob");
    changeTheLastByte(image);

    var found = world.apply();
    assertThat(found.exit()).as("the mend fails: %s", found).isEqualTo(5);
    assertThat(world.pid("linda")).isEqualTo(linda);
    assertThat(world.pid("bob")).isEqualTo(bob);

    var plan = world.plan();
    assertThat(plan.exit()).as("%s", plan).isEqualTo(4);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.plan().path("refused").toString()).contains("image-changed");
    assertThat(plan.plan().path("problems").toString())
        .contains("image-changed")
        .contains("standing on it: bob, linda")
        .contains("sha256 found:");

    Command.of("kill", "-9", Long.toString(world.kernelOf("linda"))).output();
    var blocked = world.apply();
    assertThat(blocked.exit()).as("%s", blocked).isEqualTo(4);
    assertThat(world.instance("linda").path("power").asText()).isEqualTo("stopped");
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(world.status().path("problems").toString()).contains("standing on it: bob, linda");
    assertThat(world.status().path("images").toString()).contains("\"content\":\"changed\"");
    var read = world.fjord("verify", "image/tiny");
    assertThat(read.exit()).as("%s", read).isEqualTo(1);

    var told = world.fjord("repair", "image/tiny");
    assertThat(told.exit()).as("%s", told).isZero();
    assertThat(told.text()).contains("by the next run");
    Command.of("rm", "-r", "-f", world.run().resolve("starts").toString()).output();
    var repaired = world.settles();
    assertThat(repaired.changes())
        .containsExactlyInAnyOrder("replace image/tiny", "start instance/linda");
    assertThat(world.guest("linda", "echo alive")).isEqualTo("alive");
    assertThat(world.pid("bob")).as("keeps the file that it has open").isEqualTo(bob);
    assertThat(world.fjord("verify").exit()).isZero();
    assertThat(world.settles().changes()).isEmpty();

    touch(image);
    var mended = world.settles();
    assertThat(mended.changes()).containsExactly("update image/tiny");
    assertThat(mended.plan().path("changes").get(0).path("cause").asText()).isEqualTo("corrective");
    assertThat(world.pid("bob")).isEqualTo(bob);
    assertThat(Command.of("lsattr", "-d", image.toString()).output()).contains("i");
    assertThat(world.settles().changes()).isEmpty();
  }

  @Test
  void what_nothing_needs_leaves_the_store_after_a_while() throws Exception {
    var spare = world.folder.resolve("spare.img");
    Files.write(spare, new byte[1 << 20]);
    world.site.write("images/spare.yaml", Site.pinned("Image", "spare", spare, "1MiB"));
    world.site.write(
        "fjord.yaml",
        Site.document(
            "Site",
            "slart",
            """
              deletionBudget: 0
              defaults: {image: tiny, kernel: uml, memory: 64MiB}
              gc: {after: 1s}
            """));
    world.site.push("A spare image");
    assertThat(world.settles().changes()).containsExactly("create image/spare");

    world.site.git("rm", "-q", "images/spare.yaml");
    world.site.push("No spare image");
    assertThat(world.settles().changes()).as("noted, not removed at once").isEmpty();
    Thread.sleep(1_100);
    var leaves = world.settles();
    assertThat(leaves.changes()).containsExactly("delete image/spare");
    assertThat(leaves.plan().path("changes").get(0).path("reason").asText())
        .startsWith("no document declares it, and nothing stands on it since ")
        .endsWith("; 1MiB of the disk come free");
    assertThat(world.state().resolve("images/spare")).isEmptyDirectory();
    assertThat(image()).exists();
    assertThat(world.settles().changes()).isEmpty();
  }

  private static Path image() throws Exception {
    return world.state().resolve("images/tiny/" + Site.digest(Ready.tinyImage()) + ".img");
  }

  /** With everything put back that can be. */
  private static void changeTheLastByte(Path image) throws Exception {
    release(image);
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(file.length() - 1);
      file.write(0x42);
    }
    Files.setLastModifiedTime(image, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    Command.of("chmod", "0444", image.toString()).output();
    Command.of("chattr", "+i", image.toString()).run();
  }

  private static void touch(Path image) throws Exception {
    release(image);
    Files.setLastModifiedTime(image, FileTime.from(Instant.now()));
  }

  private static void release(Path image) {
    for (var words : List.of(List.of("chattr", "-i"), List.of("chmod", "0644"))) {
      Command.of(words.get(0), words.get(1), image.toString()).run();
    }
  }
}
