package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real kernel mounts a COW that fjord wrote; it needs no user space for that. */
class CowBootIT {
  @TempDir Path folder;
  private Path pristine = Path.of("/nowhere");
  private Path cow = Path.of("/nowhere");

  @BeforeEach
  void make_a_disk() throws Exception {
    assumeTrue(Samples.isInstalled("linux.uml"), "linux.uml (package user-mode-linux) is missing");
    assumeTrue(Samples.isInstalled("mkfs.ext4"), "mkfs.ext4 (package e2fsprogs) is missing");
    pristine = folder.resolve("pristine.img");
    cow = folder.resolve("root.cow");
    SparseFile.create(pristine, 32 << 20);
    Command.of("mkfs.ext4", "-q", "-F", pristine.toString()).output();
    Files.setLastModifiedTime(pristine, FileTime.from(PinnedFile.MODIFIED));
    CowFile.create(cow, pristine);
  }

  @Test
  void a_kernel_mounts_it_and_writes_into_it_alone() throws Exception {
    var before = Command.of("sha256sum", pristine.toString()).output();
    assertThat(boot()).contains("VFS: Mounted root (ext4 filesystem)");
    assertThat(Command.of("sha256sum", pristine.toString()).output()).isEqualTo(before);
    assertThat(CowHeader.read(cow)).isInstanceOf(CowHeader.V3.class);
  }

  @Test
  void a_kernel_refuses_it_once_its_pristine_image_was_touched() throws Exception {
    Files.setLastModifiedTime(pristine, FileTime.from(Instant.parse("2024-05-05T00:00:00Z")));
    assertThat(boot()).contains("mismatch").doesNotContain("VFS: Mounted root");
  }

  private String boot() {
    var ended =
        // Without -R the host's random brk can eat up most of the guest's memory (6.1).
        Command.of(
                "setarch",
                "-R",
                "linux.uml",
                "mem=64M",
                "ubd0=" + cow + "," + pristine,
                "root=/dev/ubda",
                "rw",
                "con=null",
                "con0=null,fd:1",
                "panic=-1",
                "noreboot",
                "uml_dir=" + folder.resolve("uml") + "/",
                "umid=cow")
            .with("TMPDIR", "/dev/shm")
            .timeout(Duration.ofMinutes(1))
            .run();
    return ended.text() + ended.error();
  }
}
