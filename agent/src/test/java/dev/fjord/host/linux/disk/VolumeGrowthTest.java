package dev.fjord.host.linux.disk;

import static dev.fjord.host.linux.Samples.volume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.ByteSize;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeGrowthTest {
  private static final ResourceName LINDA = Samples.name("linda");
  private static final InstanceRecord BEFORE = with(ByteSize.mib(16));
  private static final InstanceRecord LARGER = with(ByteSize.gib(64));

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private final List<String> asked = new ArrayList<>();
  private InstanceDisks disks = new InstanceDisks(layout, this::grow);

  @BeforeEach
  void make_one() throws Exception {
    assumeTrue(Samples.isInstalled("mkfs.ext4"), "mkfs.ext4 (package e2fsprogs) is missing");
    layout = Layout.of(folder.toString(), "/run/fjord-test");
    var image = layout.image(Samples.name("tiny"), Samples.IMAGE);
    Files.createDirectories(image.getParent());
    SparseFile.create(image, 1 << 20);
    Files.setLastModifiedTime(image, FileTime.from(PinnedFile.MODIFIED));
    disks = new InstanceDisks(layout, this::grow);
    disks.create(BEFORE);
  }

  private void grow(InstanceRecord record, ResourceName volume) {
    asked.add(record.name() + "/" + volume + " " + storage().toFile().length());
  }

  @Test
  void the_file_becomes_longer_by_a_hole_and_stays_its_users() throws Exception {
    var before = blocks();
    assertThat(disks.update(LARGER)).isNull();
    assertThat(Files.size(storage())).isEqualTo(64L << 30);
    assertThat(blocks()).isEqualTo(before);
    assertThat(Files.getAttribute(storage(), "unix:uid")).isEqualTo(Samples.uid());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(storage())))
        .isEqualTo("rw-------");
    assertThat(asked).containsExactly("linda/storage " + (64L << 30));
    assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(LARGER);
  }

  @Test
  void what_is_done_is_not_done_again() throws Exception {
    disks.update(LARGER);
    disks.update(LARGER);
    disks.update(Samples.record("linda", ByteSize.mib(1), volume("storage", ByteSize.gib(64))));
    assertThat(asked).hasSize(1);
  }

  @Test
  void a_file_system_that_cannot_grow_is_told_once_and_hinders_nothing() throws Exception {
    disks =
        new InstanceDisks(
            layout,
            (record, volume) -> {
              asked.add("refused");
              throw Problem.of("mount-failed", "it holds no ext4").detail("EINVAL").asException();
            });
    var problem = disks.update(LARGER);
    assertThat(problem)
        .isEqualTo(
            Problem.of(
                    "filesystem-not-grown",
                    "instance linda has a larger disk, but not a larger file system on it")
                .detail("volume storage, 64GiB now: it holds no ext4; EINVAL")
                .hint(
                    "What is on it stays as it was, and this is not tried again. In the machine, as"
                        + " root: resize2fs, or what fits the file system that is there."));
    assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(LARGER);
    assertThat(disks.update(LARGER)).isNull();
    assertThat(asked).containsExactly("refused");
  }

  @Test
  void one_that_is_longer_than_declared_is_never_cut() throws Exception {
    try (var file = new RandomAccessFile(storage().toFile(), "rw")) {
      file.setLength(48 << 20);
    }
    disks.update(Samples.record("linda", ByteSize.mib(1), volume("storage", ByteSize.mib(16))));
    assertThat(Files.size(storage())).isEqualTo(48 << 20);
    assertThat(asked).isEmpty();
    disks.update(with(ByteSize.mib(32)));
    assertThat(Files.size(storage())).isEqualTo(48 << 20);
    assertThat(asked).containsExactly("linda/storage " + (48 << 20));
  }

  @Test
  void one_that_comes_back_from_the_trash_grows() throws Exception {
    disks.trash(LINDA);
    var kept = disks.trashed().orThrow().get(0).folder();
    assertThat(disks.restore(kept, LARGER)).isNull();
    assertThat(asked).containsExactly("linda/storage " + (64L << 30));
  }

  @Test
  void one_that_is_declared_again_larger_has_its_bytes_and_grows() throws Exception {
    try (var file = new RandomAccessFile(storage().toFile(), "rw")) {
      file.seek(1 << 20);
      file.write('x');
    }
    disks.update(Samples.record("linda", ByteSize.ZERO));
    assertThat(storage()).doesNotExist();
    disks.update(LARGER);
    try (var file = new RandomAccessFile(storage().toFile(), "r")) {
      file.seek(1 << 20);
      assertThat(file.read()).isEqualTo('x');
    }
    assertThat(asked).containsExactly("linda/storage " + (64L << 30));
  }

  @Test
  void one_that_is_declared_again_with_its_size_is_only_brought_back() throws Exception {
    disks.update(Samples.record("linda", ByteSize.ZERO));
    disks.update(BEFORE);
    assertThat(asked).isEmpty();
  }

  private static InstanceRecord with(ByteSize size) {
    return Samples.record("linda", ByteSize.ZERO, volume("storage", size));
  }

  private Path storage() {
    return layout.volume(LINDA, Samples.name("storage"));
  }

  private String blocks() {
    return Command.of("stat", "--format=%b", storage().toString()).output();
  }
}
