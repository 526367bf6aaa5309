package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.ByteSize;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real kernel mounts a COW that fjord wrote; it needs no user space for that. */
class CowBootIT {
  private static final ByteSize SIZE = ByteSize.mib(32);

  /** The kernels that are to be had here. */
  enum Uml {
    /** Debian's stable one. */
    INSTALLED,
    /** The one of Debian's testing suite, fetched once for a build. */
    NEWER;

    Path binary() {
      if (this == INSTALLED) {
        assumeTrue(Samples.isInstalled("linux.uml"), "linux.uml (user-mode-linux) is missing");
        return Path.of("/usr/bin/linux.uml");
      }
      assumeTrue(Samples.isRoot(), "only root can install patchelf");
      var fetched =
          Command.of(
                  Path.of("..", "examples/lib/newer-kernel").toAbsolutePath().toString(),
                  Path.of("target/it/newer-kernel").toAbsolutePath().toString())
              .timeout(Duration.ofMinutes(5))
              .run();
      assumeTrue(fetched.exit() == 0, "no newer kernel could be fetched: " + fetched.error());
      return Path.of(fetched.text().strip());
    }
  }

  @TempDir Path folder;
  private Path pristine = Path.of("/nowhere");
  private Path cow = Path.of("/nowhere");

  @BeforeEach
  void make_a_disk() throws Exception {
    assumeTrue(Samples.isInstalled("mkfs.ext4"), "mkfs.ext4 (package e2fsprogs) is missing");
    pristine = folder.resolve("pristine.img");
    cow = folder.resolve("root.cow");
    SparseFile.create(pristine, SIZE.bytes());
    Command.of("mkfs.ext4", "-q", "-b", "4096", "-F", pristine.toString()).output();
    Files.setLastModifiedTime(pristine, FileTime.from(PinnedFile.MODIFIED));
    CowFile.create(cow, pristine);
  }

  @ParameterizedTest
  @EnumSource
  void a_kernel_mounts_it_and_writes_into_it_alone(Uml kernel) throws Exception {
    var before = Command.of("sha256sum", pristine.toString()).output();
    assertThat(boot(kernel)).contains("VFS: Mounted root (ext4 filesystem)");
    assertThat(Command.of("sha256sum", pristine.toString()).output()).isEqualTo(before);
    assertThat(CowHeader.read(cow)).isInstanceOf(CowHeader.V3.class);
  }

  @ParameterizedTest
  @EnumSource
  void its_bitmap_tells_what_the_kernel_wrote(Uml kernel) throws Exception {
    assumeTrue(Samples.isInstalled("uml_moo"), "uml_moo (package uml-utilities) is missing");
    assertThat(CowBitmap.diverged(cow, SIZE)).isEqualTo(ByteSize.ZERO);
    boot(kernel);
    var merged = folder.resolve("merged.img");
    Command.of("uml_moo", "-b", pristine.toString(), cow.toString(), merged.toString()).output();
    var diverged = CowBitmap.diverged(cow, SIZE);
    // A sector can be written with what was there before, never the other way round.
    assertThat(diverged.bytes() / 512).isBetween(differing(merged), differing(merged) + 2048);
    assertThat(differing(merged)).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void its_bitmap_can_be_read_while_the_kernel_writes(Uml kernel) throws Exception {
    var booting = CompletableFuture.supplyAsync(() -> boot(kernel));
    var last = ByteSize.ZERO;
    while (!booting.isDone()) {
      var now = CowBitmap.diverged(cow, SIZE);
      assertThat(now).isGreaterThanOrEqualTo(last);
      last = now;
    }
    assertThat(booting.get()).contains("VFS: Mounted root (ext4 filesystem)");
    assertThat(CowBitmap.diverged(cow, SIZE)).isGreaterThan(ByteSize.ZERO);
  }

  @ParameterizedTest
  @EnumSource
  void a_kernel_refuses_it_once_its_pristine_image_was_touched(Uml kernel) throws Exception {
    Files.setLastModifiedTime(pristine, FileTime.from(Instant.parse("2024-05-05T00:00:00Z")));
    assertThat(boot(kernel)).contains("mismatch").doesNotContain("VFS: Mounted root");
  }

  private long differing(Path merged) throws Exception {
    var before = Files.readAllBytes(pristine);
    var after = Files.readAllBytes(merged);
    return IntStream.range(0, before.length / 512)
        .filter(i ->
            Arrays.mismatch(before, 512 * i, 512 * i + 512, after, 512 * i, 512 * i + 512) >= 0)
        .count();
  }

  private String boot(Uml kernel) {
    var ended =
        // Without -R the host's random brk can eat up most of the guest's memory (6.1).
        Command.of(
                "setarch",
                "-R",
                kernel.binary().toString(),
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
