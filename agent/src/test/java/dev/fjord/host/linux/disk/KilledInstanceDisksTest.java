package dev.fjord.host.linux.disk;

import static dev.fjord.host.linux.Samples.volume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Rebase;
import dev.fjord.model.RebaseReport;
import dev.fjord.model.RebaseReport.Tally;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ends every operation after each of its steps, then does it again: the result is the one of a run
 * that nobody ended, and what the disks held is still there.
 */
class KilledInstanceDisksTest {
  private static final ResourceName LINDA = Samples.name("linda");
  private static final InstanceRecord BEFORE =
      Samples.record(
          "linda",
          ByteSize.mib(1),
          volume("storage", ByteSize.mib(8)),
          volume("old", ByteSize.mib(8)));
  private static final InstanceRecord AFTER =
      Samples.record(
          "linda",
          ByteSize.mib(2),
          volume("storage", ByteSize.mib(8)),
          volume("new", ByteSize.mib(8)));

  /** Of the image of a test that needs the right one. */
  private Digest real = Samples.IMAGE;

  private static final Digest SECOND = Digest.ofText("the second version");

  private static final InstanceRecord MOVED =
      Samples.on(SECOND, BEFORE)
          .withRebase(new Rebase(BEFORE.version(), Samples.on(SECOND, BEFORE).version(), null));

  /** Beyond the header of a COW. */
  private static final int DATA_AT = 64 << 10;

  @TempDir Path folder;

  /** Disks whose file systems were grown, and how long they were then. */
  private final Map<ResourceName, Long> grown = new HashMap<>();

  private void grow(InstanceRecord record, Path disk, @Nullable Path backing) {
    try {
      String name = disk.getFileName().toString().replaceFirst("\\..*", "");
      grown.put(Samples.name(name), Files.size(backing == null ? disk : backing));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  static void needs_its_tools() {
    assumeTrue(Samples.isInstalled("mkfs.ext4"), "mkfs.ext4 (package e2fsprogs) is missing");
  }

  @Test
  void making_one() throws Exception {
    int kills =
        afterEachStep(
            layout -> {},
            disks -> disks.create(BEFORE),
            (layout, disks) -> {
              assertThat(disks.observe(LINDA).orThrow().volumes()).hasSize(2);
              assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(BEFORE);
            });
    assertThat(kills).isEqualTo(7);
  }

  @Test
  void changing_one() throws Exception {
    int kills =
        afterEachStep(
            this::makeWithData,
            disks -> disks.update(AFTER),
            (layout, disks) -> {
              assertThat(data(layout.volume(LINDA, Samples.name("storage")))).isEqualTo("kept");
              assertThat(inTrash(layout, "old")).isEqualTo("kept");
              assertThat(disks.observe(LINDA).orThrow().volumes())
                  .containsOnlyKeys(Samples.name("storage"), Samples.name("new"));
              assertThat(disks.observe(LINDA).orThrow().swap()).isEqualTo(ByteSize.mib(2));
              assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(AFTER);
            });
    assertThat(kills).isGreaterThanOrEqualTo(7);
  }

  @Test
  void taking_a_volume_away_and_bringing_it_back() throws Exception {
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              new InstanceDisks(layout, this::grow)
                  .update(Samples.record("linda", ByteSize.mib(1)));
            },
            disks -> disks.update(BEFORE),
            (layout, disks) -> {
              assertThat(data(layout.volume(LINDA, Samples.name("storage")))).isEqualTo("kept");
              assertThat(data(layout.volume(LINDA, Samples.name("old")))).isEqualTo("kept");
            });
    assertThat(kills).isGreaterThanOrEqualTo(5);
  }

  @Test
  void growing_a_volume() throws Exception {
    InstanceRecord larger =
        Samples.record(
            "linda",
            ByteSize.mib(1),
            volume("storage", ByteSize.mib(16)),
            volume("old", ByteSize.mib(8)));
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              grown.clear();
            },
            disks -> disks.update(larger),
            (layout, disks) -> {
              assertThat(data(layout.volume(LINDA, Samples.name("storage")))).isEqualTo("kept");
              assertThat(disks.observe(LINDA).orThrow().volumes())
                  .containsEntry(Samples.name("storage"), ByteSize.mib(16))
                  .containsEntry(Samples.name("old"), ByteSize.mib(8));
              assertThat(grown).isEqualTo(Map.of(Samples.name("storage"), 16L << 20));
              assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(larger);
              grown.clear();
              disks.update(larger);
              assertThat(grown).as("what is recorded is not done again").isEmpty();
            });
    assertThat(kills).isEqualTo(4);
  }

  @Test
  void growing_a_root() throws Exception {
    int kills =
        afterEachStep(
            layout -> {
              try {
                real = RootBlocks.store(layout, 2 << 20);
                new InstanceDisks(layout, this::grow).create(Samples.on(real, BEFORE));
                RootBlocks.write(layout.rootCow(LINDA), 2 << 20, 77, "kept");
              } catch (java.io.IOException e) {
                throw new AssertionError(e);
              }
              grown.clear();
            },
            disks -> disks.update(larger()),
            (layout, disks) -> {
              assertThat(RootBlocks.read(layout.rootCow(LINDA), 1L << 30, 77)).startsWith("kept");
              assertThat(CowBitmap.diverged(layout.rootCow(LINDA), ByteSize.gib(1)).bytes())
                  .isEqualTo(512);
              assertThat(grown).isEqualTo(Map.of(Samples.name("root"), 1L << 30));
              assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(larger());
              assertThat(new ImageStore(layout).observe().problems()).isEmpty();
              Samples.release(folder);
            });
    assertThat(kills).isEqualTo(6);
  }

  @Test
  void making_one_with_a_larger_root() throws Exception {
    int kills =
        afterEachStep(
            layout -> {
              try {
                real = RootBlocks.store(layout, 2 << 20);
              } catch (java.io.IOException e) {
                throw new AssertionError(e);
              }
              grown.clear();
            },
            disks -> disks.create(larger()),
            (layout, disks) -> {
              assertThat(disks.observe(LINDA).orThrow().rootBacking())
                  .isEqualTo(layout.image(larger()));
              assertThat(grown).isEqualTo(Map.of(Samples.name("root"), 1L << 30));
              assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(larger());
              Samples.release(folder);
            });
    assertThat(kills).isEqualTo(8);
  }

  private InstanceRecord larger() {
    return RootBlocks.with(ByteSize.gib(1), Samples.on(real, BEFORE));
  }

  @Test
  void bringing_a_volume_back_larger() throws Exception {
    InstanceRecord larger =
        Samples.record(
            "linda",
            ByteSize.mib(1),
            volume("storage", ByteSize.mib(8)),
            volume("old", ByteSize.mib(16)));
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              new InstanceDisks(layout, Samples.NO_GROWTH)
                  .update(
                      Samples.record("linda", ByteSize.mib(1), volume("storage", ByteSize.mib(8))));
              grown.clear();
            },
            disks -> disks.update(larger),
            (layout, disks) -> {
              assertThat(data(layout.volume(LINDA, Samples.name("old")))).isEqualTo("kept");
              assertThat(grown).isEqualTo(Map.of(Samples.name("old"), 16L << 20));
            });
    assertThat(kills).isGreaterThanOrEqualTo(5);
  }

  @Test
  void replacing_its_root() throws Exception {
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              secondVersion(layout);
            },
            disks -> disks.update(Samples.on(SECOND, BEFORE)),
            (layout, disks) -> {
              assertThat(disks.observe(LINDA).orThrow().rootBacking())
                  .isEqualTo(layout.image(Samples.name("tiny"), SECOND));
              assertThat(rootsInTrash(layout)).singleElement().isEqualTo("kept");
              assertThat(data(layout.volume(LINDA, Samples.name("storage")))).isEqualTo("kept");
              assertThat(new RecordStore(layout).read(LINDA).orThrow().base()).isEqualTo(SECOND);
            });
    assertThat(kills).isGreaterThanOrEqualTo(5);
  }

  @Test
  void going_back_to_the_root_before() throws Exception {
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              secondVersion(layout);
              new InstanceDisks(layout, this::grow).update(Samples.on(SECOND, BEFORE));
            },
            disks -> disks.update(BEFORE),
            (layout, disks) -> {
              assertThat(data(layout.rootCow(LINDA))).isEqualTo("kept");
              assertThat(rootsInTrash(layout)).singleElement().isEqualTo("\0\0\0\0");
              assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(BEFORE);
            });
    assertThat(kills).isGreaterThanOrEqualTo(4);
  }

  @Test
  void carrying_its_root_over() throws Exception {
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              secondVersion(layout);
            },
            disks -> disks.carryOver(MOVED, KilledInstanceDisksTest::merge, report -> {}),
            (layout, disks) -> {
              assertThat(disks.observe(LINDA).orThrow().rootBacking())
                  .isEqualTo(layout.image(Samples.name("tiny"), SECOND));
              assertThat(data(layout.rootCow(LINDA))).isEqualTo("kept");
              assertThat(rootsInTrash(layout)).singleElement().isEqualTo("kept");
              assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(MOVED);
            });
    assertThat(kills).isGreaterThanOrEqualTo(7);
  }

  @Test
  void taking_back_what_was_begun() throws Exception {
    for (boolean rebase : new boolean[] {false, true}) {
      for (int kill = 1; kill < 9; kill++) {
        var layout = host(rebase ? 100 + kill : kill);
        makeWithData(layout);
        secondVersion(layout);
        var left = new int[] {kill};
        var disks =
            new InstanceDisks(
                layout,
                this::grow,
                new RecordStore(layout),
                Clock.systemUTC(),
                step -> {
                  if (--left[0] == 0) {
                    throw new Killed(step);
                  }
                });
        try {
          if (rebase) {
            disks.carryOver(MOVED, KilledInstanceDisksTest::merge, report -> {});
          } else {
            disks.update(Samples.on(SECOND, BEFORE));
          }
        } catch (Killed expected) {
          // As after SIGKILL.
        }
        new InstanceDisks(layout, this::grow).update(BEFORE);
        assertThat(new InstanceDisks(layout, this::grow).observe(LINDA).orThrow().rootBacking())
            .as("killed at %s", kill)
            .isEqualTo(layout.image(Samples.name("tiny"), Samples.IMAGE));
        assertThat(data(layout.rootCow(LINDA))).isEqualTo("kept");
        assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(BEFORE);
      }
    }
  }

  @Test
  void putting_a_root_back_from_a_version_that_did_not_do() throws Exception {
    var back =
        MOVED
            .on(BEFORE.version())
            .withRebase(Objects.requireNonNull(MOVED.rebase()).failed("no init"));
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              secondVersion(layout);
              var disks = new InstanceDisks(layout, this::grow);
              disks.carryOver(MOVED, KilledInstanceDisksTest::merge, report -> {});
              disks.reject(MOVED, Problem.of("kernel-died", "no init"));
            },
            disks -> disks.update(back),
            (layout, disks) -> {
              assertThat(disks.observe(LINDA).orThrow().rootBacking())
                  .isEqualTo(layout.image(Samples.name("tiny"), Samples.IMAGE));
              assertThat(data(layout.rootCow(LINDA))).isEqualTo("kept");
              assertThat(rootsInTrash(layout)).as("the other one").hasSize(1);
              assertThat(new RecordStore(layout).read(LINDA).orThrow()).isEqualTo(back);
            });
    assertThat(kills).isGreaterThanOrEqualTo(4);
  }

  @Test
  void a_root_that_cannot_be_carried_over_stays_and_its_record_says_why() throws Exception {
    var layout = host(1);
    makeWithData(layout);
    secondVersion(layout);
    var disks = new InstanceDisks(layout, this::grow);
    RootMerge fails =
        (oldImage, oldRoot, newImage, newRoot) -> {
          throw Problem.of("workshop-failed", "it could not")
              .detail("folders in a loop")
              .asException();
        };
    assertThatThrownBy(() -> disks.carryOver(MOVED, fails, report -> {}))
        .hasMessage("it could not");
    var record = new RecordStore(layout).read(LINDA).orThrow();
    assertThat(record.version()).isEqualTo(BEFORE.version());
    assertThat(record.rebase())
        .isEqualTo(
            new Rebase(BEFORE.version(), MOVED.version(), "it could not: folders in a loop"));
    assertThat(data(layout.rootCow(LINDA))).isEqualTo("kept");
    assertThat(layout.trash()).doesNotExist();
    assertThat(unfinished(layout)).isEmpty();
  }

  /** Stands in for a kernel: what matters here is on the disk before it and after it. */
  private static RebaseReport merge(Path oldImage, Path oldRoot, Path newImage, Path newRoot) {
    try (var from = FileChannel.open(oldRoot);
        var to = FileChannel.open(newRoot, StandardOpenOption.WRITE)) {
      var bytes = ByteBuffer.allocate(4);
      from.read(bytes, DATA_AT);
      to.write(bytes.flip(), DATA_AT);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    return new RebaseReport(Tally.NONE, Tally.NONE, Tally.NONE, Tally.NONE, List.of());
  }

  @Test
  void moving_one_to_the_trash() throws Exception {
    int kills =
        afterEachStep(
            this::makeWithData,
            disks -> disks.trash(LINDA),
            (layout, disks) -> {
              assertThat(disks.trashed().orThrow()).hasSize(1);
              assertThat(layout.instance(LINDA)).doesNotExist();
              assertThat(layout.recordCopy(LINDA)).doesNotExist();
            });
    assertThat(kills).isEqualTo(1);
  }

  @Test
  void restoring_one() throws Exception {
    String[] trashed = {""};
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              new InstanceDisks(layout, this::grow).trash(LINDA);
              trashed[0] =
                  new InstanceDisks(layout, this::grow).trashed().orThrow().get(0).folder();
            },
            disks -> disks.restore(trashed[0], BEFORE),
            (layout, disks) -> {
              assertThat(disks.trashed().orThrow()).isEmpty();
              assertThat(data(layout.rootCow(LINDA))).isEqualTo("kept");
              assertThat(data(layout.volume(LINDA, Samples.name("storage")))).isEqualTo("kept");
              assertThat(layout.recordCopy(LINDA)).exists();
            });
    assertThat(kills).isGreaterThanOrEqualTo(3);
  }

  @Test
  void renaming_one() throws Exception {
    ResourceName lindsay = Samples.name("lindsay");
    InstanceRecord named = Samples.renamed("lindsay", BEFORE);
    InstanceRecord after =
        Samples.renamed(
            "lindsay", Samples.record("linda", ByteSize.mib(2), volume("old", ByteSize.mib(8))));
    int kills =
        afterEachStep(
            layout -> {
              makeWithData(layout);
              new InstanceDisks(layout, this::grow)
                  .update(
                      Samples.record("linda", ByteSize.mib(1), volume("storage", ByteSize.mib(8))));
            },
            disks -> disks.rename(LINDA, after),
            (layout, disks) -> {
              assertThat(layout.instance(LINDA)).doesNotExist();
              assertThat(layout.recordCopy(LINDA)).doesNotExist();
              assertThat(new RecordStore(layout).read(lindsay)).isEqualTo(Checked.of(after));
              assertThat(data(layout.rootCow(lindsay))).isEqualTo("kept");
              assertThat(data(layout.volume(lindsay, Samples.name("old"))))
                  .as("what it put into the trash under its old name")
                  .isEqualTo("kept");
              assertThat(inTrash(layout, "storage")).isEqualTo("kept");
            });
    assertThat(kills).isGreaterThanOrEqualTo(7);
    assertThat(named.leases().get(0).address()).isEqualTo(BEFORE.leases().get(0).address());
  }

  @Test
  void a_folder_is_the_instances_at_any_instant_of_a_rename() throws Exception {
    ResourceName lindsay = Samples.name("lindsay");
    InstanceRecord after = Samples.renamed("lindsay", BEFORE);
    for (int kill = 1; kill <= 3; kill++) {
      var layout = host(100 + kill);
      makeWithData(layout);
      var left = new int[] {kill};
      FailPoint failPoint =
          step -> {
            if (--left[0] == 0) {
              throw new Killed(step);
            }
          };
      var records = new RecordStore(layout);
      var disks = new InstanceDisks(layout, this::grow, records, Clock.systemUTC(), failPoint);
      assertThatThrownBy(() -> disks.rename(LINDA, after)).isInstanceOf(Killed.class);

      var found = records.readAll().orThrow();
      assertThat(found).hasSize(1);
      var there = found.values().iterator().next().value();
      assertThat(there).isNotNull();
      assertThat(found).containsOnlyKeys(there.name());
      assertThat(there.name()).isEqualTo(kill == 1 ? LINDA : lindsay);
      assertThat(there.identity()).isEqualTo(BEFORE.identity());
      assertThat(there.uid()).isEqualTo(BEFORE.uid());
    }
  }

  @Test
  void a_rename_to_the_place_of_another_changes_nothing() throws Exception {
    var layout = host(200);
    makeWithData(layout);
    var disks = new InstanceDisks(layout, this::grow);
    InstanceRecord other = Samples.record("bob", ByteSize.mib(1));
    disks.create(other);

    assertThatThrownBy(() -> disks.rename(LINDA, Samples.renamed("bob", BEFORE)))
        .hasMessageContaining("the folder of bob belongs to another instance");
    assertThat(new RecordStore(layout).read(LINDA)).isEqualTo(Checked.of(BEFORE));
    assertThat(new RecordStore(layout).read(Samples.name("bob"))).isEqualTo(Checked.of(other));
  }

  /** Ends the operation after its first step, then, on a new host, after its second, and so on. */
  private int afterEachStep(
      Consumer<Layout> given, Consumer<InstanceDisks> operation, Outcome outcome) throws Exception {
    for (int kill = 1; ; kill++) {
      var layout = host(kill);
      given.accept(layout);
      var left = new int[] {kill};
      FailPoint failPoint =
          step -> {
            if (--left[0] == 0) {
              throw new Killed(step);
            }
          };
      var killed = false;
      try {
        operation.accept(
            new InstanceDisks(
                layout, this::grow, new RecordStore(layout), Clock.systemUTC(), failPoint));
      } catch (Killed expected) {
        killed = true;
      }
      var disks = new InstanceDisks(layout, this::grow);
      disks.trashed();
      new RecordStore(layout).readAll().orThrow();
      operation.accept(disks);
      outcome.check(layout, disks);
      assertThat(unfinished(layout)).isEmpty();
      if (!killed) {
        return kill - 1;
      }
    }
  }

  private Layout host(int number) throws Exception {
    var layout = Layout.of(folder.resolve("state" + number).toString(), "/run/fjord-test");
    var image = layout.image(Samples.name("tiny"), Samples.IMAGE);
    Files.createDirectories(image.getParent());
    SparseFile.create(image, 1 << 20);
    Files.setLastModifiedTime(image, FileTime.from(PinnedFile.MODIFIED));
    return layout;
  }

  private void makeWithData(Layout layout) {
    new InstanceDisks(layout, this::grow).create(BEFORE);
    try {
      for (var disk :
          new Path[] {
            layout.rootCow(LINDA),
            layout.volume(LINDA, Samples.name("storage")),
            layout.volume(LINDA, Samples.name("old"))
          }) {
        try (var channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap("kept".getBytes(StandardCharsets.UTF_8)), DATA_AT);
        }
      }
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void secondVersion(Layout layout) {
    try {
      var image = layout.image(Samples.name("tiny"), SECOND);
      SparseFile.create(image, 2 << 20);
      Files.setLastModifiedTime(image, FileTime.from(PinnedFile.MODIFIED));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> rootsInTrash(Layout layout) throws Exception {
    try (var walk = Files.walk(layout.trash())) {
      List<String> found = new ArrayList<>();
      for (var root : walk.filter(file -> file.endsWith("root.cow")).toList()) {
        found.add(data(root));
      }
      return found;
    }
  }

  private static String inTrash(Layout layout, String volume) throws Exception {
    try (var walk = Files.walk(layout.trash())) {
      var found = walk.filter(file -> file.endsWith(volume + ".img")).toList();
      assertThat(found).hasSize(1);
      return data(found.get(0));
    }
  }

  private static String data(Path disk) throws Exception {
    try (var in = Files.newInputStream(disk)) {
      in.skipNBytes(DATA_AT);
      return new String(in.readNBytes(4), StandardCharsets.UTF_8);
    }
  }

  private static java.util.List<Path> unfinished(Layout layout) throws Exception {
    try (var walk = Files.walk(layout.state())) {
      return walk.filter(file -> file.getFileName().toString().startsWith(".fjord-")).toList();
    }
  }

  @FunctionalInterface
  private interface Outcome {
    void check(Layout layout, InstanceDisks disks) throws Exception;
  }

  /** No exception that the code under test catches: nothing is tidied up, as after SIGKILL. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed(String step) {
      super(step);
    }
  }
}
