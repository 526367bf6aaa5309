package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roots that are larger than their image. */
class RootGrowthTest {
  private static final ResourceName LINDA = Samples.name("linda");
  private static final ResourceName TINY = Samples.name("tiny");
  private static final long IMAGE = 3 << 20;

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private Digest digest = Samples.IMAGE;
  private final List<String> asked = new ArrayList<>();
  private InstanceDisks disks = new InstanceDisks(layout, this::grow);

  @BeforeEach
  void an_image() throws Exception {
    layout = Layout.of(folder.toString(), "/run/fjord-test");
    digest = RootBlocks.store(layout, IMAGE);
    disks = new InstanceDisks(layout, this::grow);
  }

  @AfterEach
  void release() {
    Samples.release(folder);
  }

  private void grow(InstanceRecord record, Path disk, @Nullable Path backing) {
    asked.add(disk.getFileName() + " on " + backing.getFileName());
  }

  @Test
  void a_new_one_stands_on_a_copy_of_the_image_with_a_hole_at_its_end() throws Exception {
    assertThat(disks.create(record(ByteSize.gib(4)))).isNull();

    Path wide = layout.image(TINY, digest, ByteSize.gib(4));
    assertThat(disks.observe(LINDA).orThrow().rootBacking()).isEqualTo(wide);
    assertThat(Files.size(wide)).isEqualTo(4L << 30);
    assertThat(Files.size(layout.rootCow(LINDA))).isEqualTo(CowFile.length(4L << 30));
    assertThat(Files.mismatch(wide, layout.image(TINY, digest))).isEqualTo(IMAGE);
    assertThat(Files.getPosixFilePermissions(wide))
        .isEqualTo(Files.getPosixFilePermissions(layout.image(TINY, digest)));
    assertThat(Files.getLastModifiedTime(wide).toInstant()).isEqualTo(PinnedFile.MODIFIED);
    assertThat(asked).containsExactly("root.cow on " + wide.getFileName());
    assertThat(images().observe().problems()).isEmpty();
    assertThat(images().observe().orThrow())
        .singleElement()
        .satisfies(image -> {
          assertThat(image.size()).isEqualTo(new ByteSize(IMAGE));
          assertThat(image.upkeep()).isEqualTo(Upkeep.WHOLE);
        });
  }

  @Test
  void one_that_grows_has_every_sector_that_was_written_and_no_other() throws Exception {
    disks.create(record(null));
    RootBlocks.write(layout.rootCow(LINDA), IMAGE, 0, "begin");
    RootBlocks.write(layout.rootCow(LINDA), IMAGE, 2047, "border");
    RootBlocks.write(layout.rootCow(LINDA), IMAGE, IMAGE / 512 - 1, "end");
    // What is not marked was never written, whatever lies there.
    RootBlocks.put(layout.rootCow(LINDA), CowFile.length(IMAGE) - IMAGE + 4096 * 512, "stray");

    assertThat(disks.update(record(ByteSize.gib(1)))).isNull();

    Path root = layout.rootCow(LINDA);
    assertThat(disks.observe(LINDA).orThrow().rootBacking())
        .isEqualTo(layout.image(TINY, digest, ByteSize.gib(1)));
    assertThat(CowBitmap.diverged(root, ByteSize.gib(1))).isEqualTo(new ByteSize(3 * 512));
    assertThat(RootBlocks.read(root, 1L << 30, 0)).startsWith("begin");
    assertThat(RootBlocks.read(root, 1L << 30, 2047)).startsWith("border");
    assertThat(RootBlocks.read(root, 1L << 30, IMAGE / 512 - 1)).startsWith("end");
    assertThat(Files.getAttribute(root, "unix:uid")).isEqualTo(Samples.uid());
    assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(record(ByteSize.gib(1)));
    assertThat(layout.trash()).doesNotExist();
    assertThat(asked).hasSize(1);
    disks.update(record(ByteSize.gib(1)));
    assertThat(asked).as("what is recorded is not done again").hasSize(1);

    disks.update(record(ByteSize.gib(8)));
    assertThat(RootBlocks.read(root, 8L << 30, 2047)).startsWith("border");
  }

  @Test
  void a_file_system_that_cannot_grow_is_told_once_and_hinders_nothing() throws Exception {
    disks =
        new InstanceDisks(
            layout,
            (record, disk, backing) -> {
              throw Problem.of("workshop-failed", "it holds no ext4").asException();
            });
    assertThat(disks.create(record(ByteSize.gib(1))).detail())
        .isEqualTo("root, 1GiB now: it holds no ext4");
    assertThat(disks.update(record(ByteSize.gib(2))).code()).isEqualTo("filesystem-not-grown");
    assertThat(disks.update(record(ByteSize.gib(2)))).isNull();
  }

  @Test
  void a_header_that_names_another_file_or_size_is_refused_and_the_root_stays() throws Exception {
    disks.create(record(null));
    Path root = layout.rootCow(LINDA);
    byte[] good = Files.readAllBytes(root);
    for (long[] lie : new long[][] {{12, 1L << 40}, {20, 4096}, {24, 1}, {28, 7}}) {
      try (var file = new RandomAccessFile(root.toFile(), "rw")) {
        file.seek(lie[0]);
        if (lie[0] == 12) {
          file.writeLong(lie[1]);
        } else {
          file.writeInt((int) lie[1]);
        }
      }
      byte[] hostile = Files.readAllBytes(root);
      assertThatThrownBy(() -> disks.update(record(ByteSize.gib(1))))
          .isInstanceOfSatisfying(
              ProblemException.class, e -> assertThat(e.problem().code()).isEqualTo("root-other"));
      assertThat(root).hasBinaryContent(hostile);
      Files.write(root, good);
    }
    RootBlocks.put(root, CowHeader.PATH_AT, "/etc/shadow\0");
    assertThatThrownBy(() -> disks.update(record(ByteSize.gib(1))))
        .hasMessageContaining("cannot be made larger");
    assertThat(Files.size(root)).isEqualTo(CowFile.length(IMAGE));
  }

  @Test
  void one_that_was_cut_off_is_refused_and_stays() throws Exception {
    disks.create(record(null));
    Path root = layout.rootCow(LINDA);
    RootBlocks.write(root, IMAGE, IMAGE / 512 - 1, "end");
    try (var file = new RandomAccessFile(root.toFile(), "rw")) {
      file.setLength(CowFile.length(IMAGE) - 4096);
    }
    assertThatThrownBy(() -> disks.update(record(ByteSize.gib(1))))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problem().detail())
                    .endsWith("it ends within its bitmap or its sectors"));
    assertThat(Files.size(root)).isEqualTo(CowFile.length(IMAGE) - 4096);
  }

  @Test
  void no_root_is_made_on_a_copy_of_an_image_that_was_changed() throws Exception {
    Samples.release(folder);
    RootBlocks.put(layout.image(TINY, digest), 4096, "x");
    assertThatThrownBy(() -> disks.create(record(ByteSize.gib(1))))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().code()).isEqualTo("image-changed"));
    assertThat(layout.instance(LINDA)).doesNotExist();
    assertThat(layout.image(TINY, digest, ByteSize.gib(1))).doesNotExist();
  }

  @Test
  void a_changed_byte_in_the_copy_or_its_hole_is_found_and_is_the_versions() throws Exception {
    disks.create(record(ByteSize.mib(64)));
    Path wide = layout.image(TINY, digest, ByteSize.mib(64));
    var check = new ContentCheck(layout);
    assertThat(check.check(version()).content()).isEqualTo(Upkeep.Content.WHOLE);
    for (long at : new long[] {4096, 32 << 20}) {
      Samples.release(folder);
      byte[] before = Files.readAllBytes(wide);
      wide.toFile().setWritable(true);
      RootBlocks.put(wide, at, "x");
      assertThat(check.check(version()).content()).isEqualTo(Upkeep.Content.CHANGED);
      assertThat(images().observe().orThrow().get(0).upkeep().content())
          .isEqualTo(Upkeep.Content.CHANGED);
      assertThatThrownBy(() -> stores().mend(version(), List.of("linda"), Progress.SILENT))
          .hasMessageContaining("tiny");
      Files.write(wide, before);
      stores().mend(version(), List.of(), Progress.SILENT);
      assertThat(images().observe().orThrow().get(0).upkeep()).isEqualTo(Upkeep.WHOLE);
    }
  }

  @Test
  void a_lost_copy_is_made_again_and_fits_and_leaves_with_its_version() throws Exception {
    disks.create(record(ByteSize.mib(64)));
    Path wide = layout.image(TINY, digest, ByteSize.mib(64));
    Samples.release(folder);
    Files.delete(wide);
    var boot =
        new dev.fjord.model.KernelInvocation(
            folder.resolve("linux"), List.of("ubd0=" + layout.rootCow(LINDA) + "," + wide));
    stores().restoreCopy(version(), boot);
    assertThat(Files.getLastModifiedTime(wide).toInstant()).isEqualTo(PinnedFile.MODIFIED);
    assertThat(stores().places(version())).contains(wide);
    stores().remove(version());
    assertThat(layout.images().resolve("tiny").toFile().list()).isEmpty();
  }

  private Version version() {
    return new Version(Kind.IMAGE, TINY, digest);
  }

  private Stores stores() {
    return new Stores(layout, InstantSource.system());
  }

  private ImageStore images() {
    return new ImageStore(layout);
  }

  private InstanceRecord record(@Nullable ByteSize root) {
    return RootBlocks.with(root, Samples.on(digest, Samples.record("linda", ByteSize.ZERO)));
  }
}
