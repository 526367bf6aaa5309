package dev.fjord.host.linux.disk;

import static dev.fjord.host.linux.Samples.volume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Identity;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ResourceName;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.Volume;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceDisksTest {
  private static final Volume STORAGE = volume("storage", ByteSize.mib(16));
  private static final Volume MAIL = volume("mail", ByteSize.mib(8));
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-04T12:00:00Z"), ZoneOffset.UTC);

  private final ResourceName linda = Samples.name("linda");
  private final InstanceRecord record = Samples.record("linda", ByteSize.mib(1), STORAGE);

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private InstanceDisks disks = new InstanceDisks(layout, Samples.NO_GROWTH);

  @BeforeAll
  static void needs_its_tools() {
    assumeTrue(Samples.isInstalled("mkfs.ext4"), "mkfs.ext4 (package e2fsprogs) is missing");
  }

  @BeforeEach
  void open() throws Exception {
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    disks =
        new InstanceDisks(layout, Samples.NO_GROWTH, new RecordStore(layout), NOON, FailPoint.NONE);
    var image = layout.image(Samples.name("tiny"), Samples.IMAGE);
    Files.createDirectories(image.getParent());
    SparseFile.create(image, 4 << 20);
    Files.setLastModifiedTime(image, FileTime.from(PinnedFile.MODIFIED));
  }

  @Test
  void makes_all_disks_and_the_record() {
    disks.create(record);
    var seen = disks.observe(linda);
    assertThat(seen.problems()).isEmpty();
    assertThat(seen.value())
        .isEqualTo(
            new ObservedDisks(
                layout.image(Samples.name("tiny"), Samples.IMAGE),
                ByteSize.mib(1),
                Map.of(STORAGE.name(), ByteSize.mib(16))));
    assertThat(recordOf(linda)).isEqualTo(record);
  }

  @Test
  void nobody_but_the_instances_user_reads_its_disks() throws Exception {
    disks.create(record);
    for (var disk : new Path[] {root(), layout.swap(linda), storage()}) {
      assertThat(mode(disk)).isEqualTo("rw-------");
      assertThat(Files.getAttribute(disk, "unix:uid")).isEqualTo(Samples.uid());
    }
    assertThat(mode(layout.record(linda))).isEqualTo("rw-------");
    assertThat(mode(layout.instance(linda))).isEqualTo("rwx--x--x");
    assertThat(mode(Layout.volumesIn(layout.instance(linda)))).isEqualTo("rwx--x--x");
    if (Samples.isRoot()) {
      assertThat(Files.getAttribute(layout.instance(linda), "unix:uid")).isEqualTo(0);
    }
  }

  @Test
  void a_volume_is_an_empty_ext4_with_its_name_and_stays_sparse() throws Exception {
    disks.create(Samples.record("linda", ByteSize.ZERO, volume("storage", ByteSize.gib(4))));
    assertThat(Command.of("e2label", storage().toString()).output().strip()).isEqualTo("storage");
    assertThat(Command.of("e2fsck", "-f", "-n", storage().toString()).run().exit()).isZero();
    assertThat(Files.size(storage())).isEqualTo(4L << 30);
    var blocks = Command.of("stat", "-c", "%b", storage().toString()).output().strip();
    assertThat(512 * Long.parseLong(blocks)).isLessThan(8 << 20);
    assertThat(layout.swap(linda)).doesNotExist();
  }

  @Test
  void disks_without_a_record_are_their_users_in_the_trash_and_out_of_it() throws Exception {
    assumeTrue(Samples.isRoot(), "only root gives files to others");
    disks.create(record);
    assertThat(disks.strayUids(List.of(), disks.trashFolders())).isEmpty();
    assertThat(disks.strayUids(List.of(linda), List.of())).containsExactly(Samples.uid());
    disks.trash(linda);
    assertThat(disks.strayUids(List.of(), disks.trashFolders())).isEmpty();
    var folder = layout.trash().resolve(disks.trashFolders().get(0).folder());
    Files.writeString(Layout.recordIn(folder), "lost");
    assertThat(disks.strayUids(List.of(), disks.trashFolders())).containsExactly(Samples.uid());
  }

  @Test
  void a_root_of_a_state_directory_that_was_moved_is_told_where_its_image_is() throws Exception {
    disks.create(record);
    var old = layout.image(Samples.name("tiny"), Samples.IMAGE);
    var blocks = Files.readAllBytes(root());
    moveTo("a-much-longer-name/of-the-state");
    var here = layout.image(Samples.name("tiny"), Samples.IMAGE);

    var seen = disks.observe(linda).orThrow();
    assertThat(seen.rootBacking()).isEqualTo(here);
    assertThat(seen.rootNamed()).isEqualTo(old);
    disks.update(record);

    assertThat(disks.observe(linda).orThrow().rootNamed()).isNull();
    assertThat(((CowHeader.V3) CowHeader.read(root())).backing()).isEqualTo(here);
    var now = Files.readAllBytes(root());
    assertThat(now).hasSameSizeAs(blocks);
    for (int i = 0; i < now.length; i++) {
      if (i < CowHeader.PATH_AT || i >= CowFile.SECTOR) {
        assertThat(now[i]).as("byte %s", i).isEqualTo(blocks[i]);
      }
    }
    moveTo("s"); // A shorter name leaves nothing of the longer one.
    disks.update(record);
    assertThat(((CowHeader.V3) CowHeader.read(root())).backing())
        .isEqualTo(layout.image(Samples.name("tiny"), Samples.IMAGE));
  }

  @Test
  void another_image_under_the_same_name_is_not_taken_for_it() throws Exception {
    disks.create(record);
    var old = layout.image(Samples.name("tiny"), Samples.IMAGE);
    moveTo("moved");
    var here = layout.image(Samples.name("tiny"), Samples.IMAGE);
    Files.setLastModifiedTime(here, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    assertThat(disks.observe(linda).orThrow().rootBacking()).isEqualTo(old);
    Files.delete(here);
    SparseFile.create(here, 5 << 20);
    Files.setLastModifiedTime(here, FileTime.from(PinnedFile.MODIFIED));
    assertThat(disks.observe(linda).orThrow().rootBacking()).isEqualTo(old);
    Files.delete(here);
    assertThat(disks.observe(linda).orThrow().rootBacking()).isEqualTo(old);
  }

  @Test
  void what_comes_back_from_a_trash_that_was_moved_is_told_where_its_image_is() throws Exception {
    disks.create(record);
    disks.trash(linda);
    var kept = disks.trashed().orThrow().get(0);
    moveTo("moved");
    assertThat(disks.trashedRoots())
        .singleElement()
        .satisfies(root ->
            assertThat(root.backing())
                .isEqualTo(layout.image(Samples.name("tiny"), Samples.IMAGE)));
    disks.restore(kept.folder(), record);
    assertThat(disks.observe(linda).orThrow().rootNamed()).isNull();
  }

  private void moveTo(String place) throws Exception {
    var state = folder.resolve(place);
    Files.createDirectories(state.getParent());
    Files.move(layout.state(), state);
    layout = Layout.of(state.toString(), "/run/fjord-test");
    disks =
        new InstanceDisks(layout, Samples.NO_GROWTH, new RecordStore(layout), NOON, FailPoint.NONE);
  }

  @Test
  void refuses_an_image_that_is_not_stored() throws Exception {
    Files.delete(layout.image(Samples.name("tiny"), Samples.IMAGE));
    var problem = refused(() -> disks.create(record));
    assertThat(problem.summary()).isEqualTo("instance linda needs an image that is not stored");
    assertThat(layout.instances()).doesNotExist();
  }

  @Test
  void a_failure_halfway_leaves_nothing() {
    // mkfs.ext4 refuses a file system of 8 KiB.
    var record = Samples.record("linda", ByteSize.mib(1), volume("small", new ByteSize(8192)));
    var problem = refused(() -> disks.create(record));
    assertThat(problem.summary()).startsWith("making volume small of 8KiB at ").endsWith(" failed");
    assertThat(problem.detail()).contains("mkfs.ext4");
    assertThat(layout.instances()).isEmptyDirectory();
  }

  @Test
  void making_it_again_changes_no_byte() throws Exception {
    disks.create(record);
    Files.writeString(root(), "root data");
    Files.writeString(storage(), "x".repeat(16 << 20));
    disks.create(record);
    assertThat(root()).hasContent("root data");
    assertThat(storage()).hasContent("x".repeat(16 << 20));
  }

  @Test
  void another_instance_in_its_place_is_left_alone() throws Exception {
    disks.create(record);
    var problem = refused(() -> disks.create(withIdentity(record, "00000000000000ff")));
    assertThat(problem.summary()).isEqualTo("the folder of linda belongs to another instance");
    assertThat(recordOf(linda)).isEqualTo(record);
  }

  @Test
  void an_update_makes_what_is_missing_and_keeps_what_is_there() throws Exception {
    disks.create(record);
    Files.writeString(root(), "root data");
    disks.update(Samples.record("linda", ByteSize.mib(2), STORAGE, MAIL));
    assertThat(Files.size(layout.swap(linda))).isEqualTo(2 << 20);
    assertThat(Files.size(layout.volume(linda, MAIL.name()))).isEqualTo(8 << 20);
    assertThat(root()).hasContent("root data");
    disks.update(Samples.record("linda", ByteSize.ZERO, STORAGE, MAIL));
    assertThat(layout.swap(linda)).doesNotExist();
    assertThat(recordOf(linda).applied().volumes()).containsExactly(STORAGE, MAIL);
  }

  @Test
  void a_volume_that_is_declared_again_has_its_bytes() throws Exception {
    disks.create(record);
    Files.writeString(storage(), "x".repeat(16 << 20));
    var without = Samples.record("linda", ByteSize.mib(1));
    disks.update(without);
    var kept = layout.trash().resolve("20260304T120000Z-linda.storage");
    assertThat(Layout.volumeIn(kept, STORAGE.name())).exists();
    assertThat(Layout.recordIn(kept)).exists();
    assertThat(storage()).doesNotExist();
    assertThat(disks.trashed().value()).isEmpty();
    assertThat(disks.trashed().problems()).isEmpty();
    assertThat(disks.trashFolders())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.record().identity()).isEqualTo(record.identity());
          assertThat(one.volume()).isEqualTo(volume("storage", STORAGE.size()));
        });
    disks.update(record);
    assertThat(storage()).hasContent("x".repeat(16 << 20));
    assertThat(layout.trash()).isEmptyDirectory();
  }

  @Test
  void a_volume_that_is_declared_smaller_is_made_anew_and_the_old_one_stays_in_the_trash()
      throws Exception {
    disks.create(record);
    disks.update(Samples.record("linda", ByteSize.mib(1)));
    disks.update(Samples.record("linda", ByteSize.mib(1), volume("storage", ByteSize.mib(8))));
    assertThat(Files.size(storage())).isEqualTo(8 << 20);
    assertThat(layout.trash().resolve("20260304T120000Z-linda.storage")).exists();
  }

  @Test
  void refuses_to_make_a_volume_smaller_before_anything_else() throws Exception {
    disks.create(record);
    var smaller =
        Samples.record("linda", ByteSize.mib(2), MAIL, volume("storage", ByteSize.mib(8)));
    var problem = refused(() -> disks.update(smaller));
    assertThat(problem.code()).isEqualTo("volume-size");
    assertThat(problem.summary()).isEqualTo("volumes of instance linda would become smaller");
    assertThat(problem.detail()).isEqualTo("volume storage has 16MiB, wanted: 8MiB");
    assertThat(problem.hint())
        .isEqualTo("What is at their end would be lost. Declare the size that they have, or more.");
    assertThat(layout.volume(linda, MAIL.name())).doesNotExist();
    assertThat(Files.size(layout.swap(linda))).isEqualTo(1 << 20);
    assertThat(recordOf(linda)).isEqualTo(record);
  }

  @Test
  void a_missing_root_is_never_made_anew() throws Exception {
    disks.create(record);
    Files.delete(root());
    assertThat(disks.observe(linda).problems().get(0).code()).isEqualTo("root-missing");
    for (var step : List.<Runnable>of(() -> disks.update(record), () -> disks.create(record))) {
      var problem = refused(step);
      assertThat(problem.summary()).isEqualTo("instance linda has lost its root: no COW file");
      assertThat(problem.hint()).startsWith("It is never made anew in silence");
    }
    assertThat(root()).doesNotExist();
  }

  @Test
  void a_root_that_is_no_cow_is_told_with_the_reason() throws Exception {
    disks.create(record);
    Files.writeString(root(), "hello");
    var seen = disks.observe(linda);
    assertThat(seen.orThrow().rootBacking()).isNull();
    assertThat(seen.problems().get(0).summary())
        .isEqualTo("the root of instance linda is no usable COW file");
    assertThat(seen.problems().get(0).detail())
        .isEqualTo("root.cow: it is shorter than a COW header: 5 bytes");
  }

  @Test
  void no_disk_is_touched_while_a_process_locks_the_root() throws Exception {
    disks.create(record);
    assumeTrue(Samples.isInstalled("python3"), "python3 is missing: it holds the lock");
    var holder =
        """
        import fcntl, sys, time
        file = open(sys.argv[1], "r+b")
        fcntl.lockf(file, fcntl.LOCK_EX)
        open(sys.argv[2], "w").close()
        time.sleep(600)
        """;
    var locked = folder.resolve("locked");
    var process =
        new ProcessBuilder("python3", "-c", holder, root().toString(), locked.toString()).start();
    try {
      while (!Files.exists(locked) && process.isAlive()) {
        Thread.sleep(10);
      }
      var more = Samples.record("linda", ByteSize.mib(1), STORAGE, MAIL);
      var less = Samples.record("linda", ByteSize.mib(2), STORAGE);
      for (var step :
          List.<Runnable>of(
              () -> disks.update(more), () -> disks.update(less), () -> disks.trash(linda))) {
        assertThat(refused(step).summary()).isEqualTo("the root of instance linda is in use");
      }
      var elsewhere = record.withRevision("fedcba9876543210fedcba9876543210fedcba98");
      disks.update(elsewhere);
      assertThat(new RecordStore(layout).read(linda).orThrow())
          .as("what concerns no disk may change while it runs")
          .isEqualTo(elsewhere);
    } finally {
      process.destroyForcibly().waitFor();
    }
    disks.update(record);
  }

  @Test
  void leaves_for_the_trash_and_comes_back_the_same() throws Exception {
    disks.create(record);
    Files.writeString(root(), "root data");
    Files.writeString(storage(), "x".repeat(16 << 20));
    disks.trash(linda);
    assertThat(layout.instance(linda)).doesNotExist();
    assertThat(layout.recordCopy(linda)).doesNotExist();
    assertThat(mode(layout.trash())).isEqualTo("rwx------");
    assertThat(disks.trashed().value())
        .containsExactly(new TrashedInstance("20260304T120000Z-linda", record));
    disks.trash(linda);

    var again = record.withRevision("fedcba9876543210fedcba9876543210fedcba98");
    disks.restore("20260304T120000Z-linda", again);
    disks.restore("20260304T120000Z-linda", again);
    assertThat(root()).hasContent("root data");
    assertThat(storage()).hasContent("x".repeat(16 << 20));
    assertThat(recordOf(linda)).isEqualTo(again);
    assertThat(layout.recordCopy(linda)).exists();
    assertThat(disks.trashed().value()).isEmpty();
  }

  @Test
  void the_trash_sorts_by_time_even_within_a_second() {
    disks.create(record);
    disks.trash(linda);
    disks.create(withIdentity(record, "00000000000000ff"));
    disks.trash(linda);
    assertThat(disks.trashed().orThrow().stream().map(TrashedInstance::folder))
        .containsExactly("20260304T120000Z-linda", "20260304T120001Z-linda");
  }

  @Test
  void restores_into_no_taken_place_and_nothing_of_others() {
    disks.create(record);
    disks.trash(linda);
    var other = withIdentity(record, "00000000000000ff");
    assertThat(refused(() -> disks.restore("20260304T120000Z-linda", other)).code())
        .isEqualTo("trash-other");
    disks.create(other);
    assertThat(refused(() -> disks.restore("20260304T120000Z-linda", record)).code())
        .isEqualTo("place-taken");
    assertThat(disks.trashed().value()).hasSize(1);
  }

  @Test
  void no_name_in_the_trash_leads_out_of_it() {
    for (var name : List.of("../instances/linda", "..", "", "/etc", "20260304T120000Z-linda")) {
      var problem = refused(() -> disks.restore(name, record));
      assertThat(problem.summary()).isEqualTo("instance linda is not in the trash as " + name);
    }
  }

  @Test
  void stays_in_the_trash_when_its_volumes_would_become_smaller() {
    disks.create(record);
    disks.trash(linda);
    var smaller = Samples.record("linda", ByteSize.mib(1), volume("storage", ByteSize.mib(8)));
    assertThat(refused(() -> disks.restore("20260304T120000Z-linda", smaller)).code())
        .isEqualTo("volume-size");
    assertThat(disks.trashed().value()).hasSize(1);
  }

  @Test
  void an_unreadable_record_in_the_trash_is_a_problem_and_stays() throws Exception {
    disks.create(record);
    disks.trash(linda);
    var kept = layout.trash().resolve("20260304T120000Z-linda");
    Files.writeString(Layout.recordIn(kept), "{");
    Files.createDirectory(layout.trash().resolve("notes"));
    var seen = disks.trashed();
    assertThat(seen.value()).isEmpty();
    assertThat(seen.problems().stream().map(Problem::code))
        .containsExactly("record-unreadable", "stranger");
    assertThat(kept).exists();
  }

  @Test
  void a_record_that_was_lost_lies_in_the_trash_all_the_same() throws Exception {
    disks.create(record);
    Files.delete(layout.record(linda));
    disks.trash(linda);
    assertThat(disks.trashed().orThrow()).hasSize(1);
  }

  @Test
  void what_has_no_readable_record_does_not_go_to_the_trash() throws Exception {
    disks.create(record);
    Files.delete(layout.record(linda));
    Files.delete(layout.recordCopy(linda));
    assertThat(refused(() -> disks.trash(linda)).code()).isEqualTo("record-unreadable");
    assertThat(root()).exists();
  }

  private static InstanceRecord withIdentity(InstanceRecord record, String identity) {
    return new InstanceRecord(
        new Identity(identity),
        record.uid(),
        record.leases(),
        record.base(),
        record.kernel(),
        record.revision(),
        record.applied(),
        null);
  }

  private InstanceRecord recordOf(ResourceName name) {
    var read = new RecordStore(layout).read(name);
    assertThat(read.problems()).isEmpty();
    return read.orThrow();
  }

  private static Problem refused(Runnable step) {
    return catchThrowableOfType(ProblemException.class, step::run).problem();
  }

  private Path root() {
    return layout.rootCow(linda);
  }

  private Path storage() {
    return layout.volume(linda, STORAGE.name());
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
