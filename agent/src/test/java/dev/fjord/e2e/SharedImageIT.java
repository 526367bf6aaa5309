package dev.fjord.e2e;

import static dev.fjord.e2e.Machine.BOB;
import static dev.fjord.e2e.Machine.LINDA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** An image that two machines read, and nobody can write to. */
class SharedImageIT {
  @Test
  void two_machines_read_it_neither_can_write_and_another_version_counts_at_a_start()
      throws Exception {
    try (var world = World.empty()) {
      world.site.reset();
      world
          .site
          .write("images/material.yaml", material(world, "first"))
          .write(LINDA.with("shared", "[{image: material}]"))
          .write(BOB.with("shared", "[{image: material}]"))
          .push("A course");
      world.settles();

      for (var name : new String[] {"linda", "bob"}) {
        assertThat(world.guest(name, "cat /srv/material/lesson")).isEqualTo("first");
        assertThat(
                world.guest(
                    name,
                    "echo mine > /srv/material/lesson; mount -o remount,rw /srv/material; echo mine"
                        + " > /srv/material/lesson; true; cat /srv/material/lesson"))
            .contains("first")
            .doesNotContain("mine");
      }
      // Not through the device either, nor by the kernel's own process.
      assertThat(
              world.guest(
                  "bob",
                  "dd if=/dev/zero of=/dev/ubdb bs=4k count=4 conv=fsync 2>&1;"
                      + " echo 3 > /proc/sys/vm/drop_caches; cat /srv/material/lesson"))
          .endsWith("first");
      var stored = stored(world);
      assertThat(stored).hasSize(1);
      assertThat(Files.getAttribute(stored.get(0), "unix:mode").toString())
          .isEqualTo(Integer.toString(0100444));
      assertThat(Files.readString(Path.of("/proc/" + world.pid("bob") + "/mountinfo")))
          .containsPattern(stored.get(0) + " ro[, ]");
      var digest = Site.digest(stored.get(0));
      assertThat(stored.get(0).getFileName()).hasToString(digest + ".img");

      var linda = world.pid("linda");
      world.site.write("images/material.yaml", material(world, "second")).push("More of it");
      var waits = world.apply();
      assertThat(waits.exit()).as("apply: %s", waits).isEqualTo(3);
      assertThat(waits.text()).contains("it is told of a new version of image material when");
      assertThat(world.pid("linda")).isEqualTo(linda);
      assertThat(world.fjord("restart", "linda").exit()).isZero();
      assertThat(world.guest("linda", "cat /srv/material/lesson")).isEqualTo("second");
      assertThat(world.guest("bob", "cat /srv/material/lesson")).isEqualTo("first");
      assertThat(stored(world)).hasSize(2);
    }
  }

  private static java.util.List<Path> stored(World world) throws IOException {
    try (var files = Files.list(world.state().resolve("images/material"))) {
      return files.filter(file -> file.toString().endsWith(".img")).toList();
    }
  }

  /** An Image with one file, its text. */
  private static String material(World world, String text) throws IOException {
    var files = Files.createDirectories(world.folder.resolve("material-" + text));
    Files.writeString(files.resolve("lesson"), text + "\n");
    var image = world.folder.resolve("material-" + text + ".img");
    Command.of(
            "mkfs.ext4",
            "-q",
            "-L",
            "material",
            "-b",
            "4096",
            "-O",
            "^has_journal",
            "-d",
            files.toString(),
            image.toString(),
            "8M")
        .output();
    return Site.pinned("Image", "material", image, "8MiB");
  }
}
