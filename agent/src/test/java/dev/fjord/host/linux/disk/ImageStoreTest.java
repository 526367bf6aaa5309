package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source;
import dev.fjord.model.Upkeep;
import dev.fjord.model.Upkeep.Content;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageStoreTest {
  private static final int SIZE = 5 << 20;
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private ImageStore store = new ImageStore(layout);
  private Stores stores = new Stores(layout, InstantSource.fixed(NOW));

  @BeforeEach
  void open() {
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    store = new ImageStore(layout);
    stores = new Stores(layout, InstantSource.fixed(NOW));
  }

  @AfterEach
  void release() {
    Samples.release(folder);
  }

  @Test
  void nothing_is_stored_at_first() {
    assertThat(store.observe().value()).isEmpty();
    assertThat(store.observe().problems()).isEmpty();
  }

  @Test
  void stores_the_same_bytes_read_only_with_a_fixed_time() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    var place = place(image);
    assertThat(place).hasSameBinaryContentAs(folder.resolve("tiny.img"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
        .isEqualTo("r--r--r--");
    assertThat(Files.getLastModifiedTime(place).toInstant())
        .isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(store.observe().value())
        .containsExactly(ModelFixtures.storedImage(image.name(), image.version(), image.size()));
    assertThat(store.observe().problems()).isEmpty();
  }

  @Test
  void zeros_become_holes() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    var blocks = Command.of("stat", "-c", "%b", place(image).toString()).output().strip();
    // Two of the five mebibytes hold data, and a byte elsewhere.
    assertThat(512 * Long.parseLong(blocks)).isBetween(2L << 20, (2L << 20) + (64 << 10));
  }

  @Test
  void one_that_is_stored_is_not_read_again() throws Exception {
    var source = source("tiny.img", SIZE);
    var image = image(source);
    store.store(image, Progress.SILENT);
    Files.delete(source);
    var said = new ArrayList<String>();
    store.store(image, said::add);
    assertThat(said).isEmpty();
  }

  @Test
  void says_how_far_it_has_come() throws Exception {
    var said = new ArrayList<String>();
    store.store(image(source("tiny.img", SIZE)), said::add);
    assertThat(said.subList(0, 4))
        .containsExactly(
            "image tiny: 20 % of 5 MiB",
            "image tiny: 40 % of 5 MiB", "image tiny: 60 % of 5 MiB", "image tiny: 80 % of 5 MiB");
    assertThat(said.get(4)).startsWith("image tiny: stored");
    assertThat(said).hasSize(5);
  }

  @Test
  void refuses_another_digest_and_leaves_nothing() throws Exception {
    var source = source("tiny.img", SIZE);
    var image = ModelFixtures.image(Samples.name("tiny"), from(source), Samples.IMAGE, size(SIZE));
    var problem = refused(image);
    assertThat(problem.summary())
        .isEqualTo("the source of image tiny is not what is pinned: " + source);
    assertThat(problem.detail())
        .isEqualTo("sha256 found:  " + digest(source) + "\nsha256 pinned: " + Samples.IMAGE);
    assertThat(problem.hint()).contains("spec.sha256");
    assertThat(filesIn(layout.images())).isEmpty();
  }

  @Test
  void refuses_another_size_before_it_reads() throws Exception {
    var source = source("tiny.img", SIZE);
    var problem =
        refused(ModelFixtures.image(Samples.name("tiny"), from(source), digest(source), size(512)));
    assertThat(problem.summary())
        .isEqualTo("the source of image tiny has 5242880 bytes, not 512 (512B): " + source);
  }

  @Test
  void refuses_half_a_sector() throws Exception {
    var source = source("tiny.img", 1000);
    assertThat(refused(image(source)).summary())
        .isEqualTo("image tiny has 1000B, which is no multiple of 512 B");
  }

  @Test
  void refuses_what_is_no_file() throws Exception {
    var file = source("tiny.img", 512);
    var link = Files.createSymbolicLink(folder.resolve("link"), file);
    var fifo = folder.resolve("fifo");
    Command.of("mkfifo", fifo.toString()).output();
    assertThat(refused(imageAt(link)).summary())
        .isEqualTo("the source of image tiny is a symbolic link, not a file: " + link);
    assertThat(refused(imageAt(folder)).summary())
        .isEqualTo("the source of image tiny is a directory, not a file: " + folder);
    assertThat(refused(imageAt(fifo)).summary())
        .isEqualTo("the source of image tiny is a FIFO, socket or device, not a file: " + fifo);
    assertThat(refused(imageAt(folder.resolve("gone"))).summary())
        .isEqualTo("the source of image tiny could not be found: " + folder.resolve("gone"));
    assertThat(filesIn(layout.images())).isEmpty();
  }

  @Test
  void a_part_of_the_file_is_told_by_its_length() throws Exception {
    var source = source("tiny.img", SIZE);
    var image = image(source);
    try (var file = new RandomAccessFile(source.toFile(), "rw")) {
      file.setLength(SIZE / 2);
    }
    var problem = refused(image);
    assertThat(problem.code()).isEqualTo("source-size");
    assertThat(problem.summary())
        .isEqualTo("the source of image tiny has 2621440 bytes, not 5242880 (5MiB): " + source);
    assertThat(problem.hint())
        .isEqualTo(
            "Correct spec.size and spec.sha256 ('fjord digest' prints both), or put the right file"
                + " there.");
    assertThat(filesIn(layout.images())).isEmpty();
  }

  /** UML splits the paths of disks at both; what it gets is the path in the store. */
  @ParameterizedTest
  @ValueSource(strings = {"a,b.img", "a:b.img", "a b.img", "-a.img", "%41.img"})
  void the_path_of_a_source_may_hold_what_uml_would_split(String name) throws Exception {
    var source = source(name, SIZE);
    var image =
        ModelFixtures.image(
            Samples.name("tiny"), Source.parse("file:" + source), digest(source), size(SIZE));
    store.store(image, Progress.SILENT);
    assertThat(place(image)).hasSameBinaryContentAs(source);
    assertThat(place(image).toString().substring(folder.toString().length()))
        .doesNotContainPattern("[,: %]");
  }

  @Test
  void two_images_are_stored_at_once() throws Exception {
    var source = source("tiny.img", SIZE);
    var one = image(source);
    var two = ModelFixtures.image(Samples.name("large"), from(source), digest(source), size(SIZE));
    var halfway = new CyclicBarrier(2);
    try (var threads = Executors.newFixedThreadPool(2)) {
      var first = threads.submit(() -> store.store(one, meeting(halfway)));
      var second = threads.submit(() -> store.store(two, meeting(halfway)));
      first.get();
      second.get();
    }
    assertThat(place(one)).hasSameBinaryContentAs(source);
    assertThat(place(two)).hasSameBinaryContentAs(source);
    assertThat(store.observe().value()).hasSize(2);
  }

  @Test
  void notices_a_source_that_changes_its_length_meanwhile() throws Exception {
    for (var change : List.of(-(1 << 20), 3 << 20)) {
      var source = source("tiny.img", SIZE);
      var image = image(source);
      Progress meanwhile =
          message -> {
            try (var file = new RandomAccessFile(source.toFile(), "rw")) {
              file.setLength(SIZE + change);
            } catch (java.io.IOException e) {
              throw new AssertionError(e);
            }
          };
      var problem =
          catchThrowableOfType(ProblemException.class, () -> store.store(image, meanwhile))
              .problem();
      assertThat(problem.summary())
          .isEqualTo("the source of image tiny changed while it was read: " + source);
      assertThat(problem.detail()).startsWith("it had 5242880 bytes, and then ");
      assertThat(filesIn(layout.images())).isEmpty();
    }
  }

  @Test
  void a_touched_one_is_verified_and_mended_without_its_source() throws Exception {
    var source = source("tiny.img", SIZE);
    var image = image(source);
    store.store(image, Progress.SILENT);
    Samples.release(folder);
    Files.setLastModifiedTime(place(image), FileTime.from(Instant.parse("2024-05-05T00:00:00Z")));
    Files.setPosixFilePermissions(place(image), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(upkeep().content()).isEqualTo(Content.TOUCHED);
    assertThat(upkeep().found())
        .startsWith(
            "mode rw-r--r-- instead of r--r--r--;"
                + " modified 2024-05-05T00:00:00Z instead of 2020-01-01T00:00:00Z");

    Files.delete(source);
    var inode = Files.getAttribute(place(image), "unix:ino");
    stores.mend(version(image), List.of(), Progress.SILENT);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
    assertThat(Files.getAttribute(place(image), "unix:ino")).isEqualTo(inode);
  }

  @Test
  void the_flag_alone_is_missed_where_there_was_one() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    assumeTrue(Boolean.TRUE.equals(ImmutableFlag.of(List.of(place(image))).get(place(image))));
    Samples.release(folder);
    assertThat(upkeep().content()).isEqualTo(Content.TOUCHED);
    assertThat(upkeep().found()).isEqualTo("the immutable flag is gone");
    stores.mend(version(image), List.of(), Progress.SILENT);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
    assertThat(ImmutableFlag.of(List.of(place(image)))).containsEntry(place(image), true);
  }

  @Test
  void a_file_that_never_had_the_flag_is_not_said_to_have_lost_it() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    Samples.release(folder);
    var note = layout.imageNote(image.name(), image.version(), Layout.Note.VERDICT);
    new Verdict(image.version(), Fingerprint.of(place(image)), false, Instant.EPOCH).keepIn(note);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void one_of_which_nothing_is_noted_is_read_once() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    Files.delete(layout.imageNote(image.name(), image.version(), Layout.Note.VERDICT));
    assertThat(upkeep().found()).isEqualTo("nothing is noted of its content");
    store.store(image, Progress.SILENT);
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void a_byte_that_changed_is_noticed_though_everything_else_was_put_back() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    changeOneByte(place(image));
    assertThat(upkeep().content()).isEqualTo(Content.TOUCHED);

    var alarm =
        catchThrowableOfType(
                ProblemException.class,
                () -> stores.mend(version(image), List.of("bob", "linda"), Progress.SILENT))
            .problem();
    assertThat(alarm.code()).isEqualTo("image-changed");
    assertThat(alarm.summary())
        .isEqualTo(
            "image tiny@" + image.version().brief() + " in the store is not what was stored");
    assertThat(alarm.detail())
        .startsWith("sha256 found:  " + digest(place(image)) + " (" + place(image) + ", read at ")
        .contains("\nsha256 pinned: " + image.version())
        .endsWith("\nstanding on it: bob, linda");
    assertThat(alarm.hint()).contains("'fjord repair image/tiny@" + image.version().brief() + "'");
    assertThat(upkeep().content()).isEqualTo(Content.CHANGED);
  }

  @Test
  void a_changed_one_stays_until_it_is_told_to_be_replaced() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    changeOneByte(place(image));
    var changed = digest(place(image));
    assertThat(refused(image).code()).isEqualTo("image-changed");
    assertThat(refused(image).code())
        .as("again, and without reading it")
        .isEqualTo("image-changed");
    assertThat(digest(place(image))).isEqualTo(changed);

    try (var reader = Files.newInputStream(place(image))) {
      stores.askForRepair(version(image));
      assertThat(upkeep().repairAsked()).isTrue();
      store.replace(image, Progress.SILENT);
      assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
      assertThat(place(image)).hasSameBinaryContentAs(folder.resolve("tiny.img"));
      var hasher = Digest.hasher();
      hasher.update(reader.readAllBytes());
      assertThat(Digest.of(hasher)).as("who has it open keeps what was there").isEqualTo(changed);
    }
  }

  @Test
  void another_length_is_a_change_that_needs_no_reading() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    Samples.release(folder);
    Files.setPosixFilePermissions(place(image), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(place(image), "changed");
    assertThat(upkeep().content()).isEqualTo(Content.CHANGED);
    assertThat(upkeep().found())
        .isEqualTo("found: 7 bytes, stored: 5242880 bytes: " + place(image));
  }

  @Test
  void a_link_in_its_place_is_a_change_and_not_followed() throws Exception {
    var source = source("tiny.img", SIZE);
    var image = image(source);
    store.store(image, Progress.SILENT);
    Samples.release(folder);
    Files.delete(place(image));
    Files.createSymbolicLink(place(image), source);
    assertThat(upkeep().found()).isEqualTo("found: no regular file: " + place(image));
    assertThat(refused(image).code()).isEqualTo("image-changed");
    store.replace(image, Progress.SILENT);
    assertThat(Files.isSymbolicLink(place(image))).isFalse();
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void notes_since_when_nothing_needs_it_and_forgets_that_when_something_does() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    stores.noteUnused(Set.of(version(image)));
    assertThat(upkeep().unusedSince()).isEqualTo(NOW);
    new Stores(layout, InstantSource.fixed(NOW.plusSeconds(9))).noteUnused(Set.of(version(image)));
    assertThat(upkeep().unusedSince()).as("since the first time").isEqualTo(NOW);
    stores.noteUnused(Set.of());
    assertThat(upkeep()).isEqualTo(Upkeep.WHOLE);
  }

  @Test
  void removes_one_with_all_that_is_noted_of_it() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    stores.noteUnused(Set.of(version(image)));
    stores.askForRepair(version(image));
    stores.remove(version(image));
    assertThat(store.observe().value()).isEmpty();
    assertThat(filesIn(layout.images())).isEmpty();
    stores.remove(version(image));
  }

  /** Waits, when it is told something for the first time, until the other one is told, too. */
  private static Progress meeting(CyclicBarrier halfway) {
    var met = new AtomicBoolean();
    return message -> {
      try {
        if (!met.getAndSet(true)) {
          halfway.await(1, TimeUnit.MINUTES);
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    };
  }

  private Upkeep upkeep() {
    assertThat(store.observe().problems()).isEmpty();
    return store.observe().value().get(0).upkeep();
  }

  private static Version version(Image image) {
    return new Version(Kind.IMAGE, image.name(), image.version());
  }

  /** As somebody would who knows what is looked at. */
  private void changeOneByte(Path place) throws Exception {
    Samples.release(folder);
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rw-r--r--"));
    try (var file = new RandomAccessFile(place.toFile(), "rw")) {
      file.seek(3 << 20);
      file.write(~file.read());
    }
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r--r--r--"));
    Files.setLastModifiedTime(place, FileTime.from(PinnedFile.MODIFIED));
    ImmutableFlag.change(place, true);
  }

  @Test
  void what_others_put_there_is_told_and_left() throws Exception {
    Files.createDirectories(layout.images().resolve("tiny"));
    var strangers =
        List.of(layout.images().resolve("UPPER"), layout.images().resolve("tiny/notes.txt"));
    for (var stranger : strangers) {
      Files.writeString(stranger, "mine");
    }
    Files.writeString(layout.images().resolve("tiny/.fjord-unfinished-x.img"), "half");
    var seen = store.observe();
    assertThat(seen.value()).isEmpty();
    assertThat(seen.problems().stream().map(Problem::summary))
        .containsExactlyInAnyOrder(
            strangers.get(0) + " was not put into the store by fjord",
            strangers.get(1) + " was not put into the store by fjord");
    assertThat(strangers).allSatisfy(stranger -> assertThat(stranger).hasContent("mine"));
  }

  private Problem refused(Image image) {
    return catchThrowableOfType(ProblemException.class, () -> store.store(image, Progress.SILENT))
        .problem();
  }

  private Path place(Image image) {
    return layout.image(image.name(), image.version());
  }

  private Path source(String name, int size) throws Exception {
    var bytes = new byte[size];
    if (size == SIZE) {
      var noise = new byte[2 << 20];
      new Random(1).nextBytes(noise);
      System.arraycopy(noise, 0, bytes, 1 << 20, noise.length);
      bytes[size - 1] = 1;
    }
    return Files.write(folder.resolve(name), bytes);
  }

  private static Image image(Path source) throws Exception {
    return ModelFixtures.image(
        Samples.name("tiny"), from(source), digest(source), size(Files.size(source)));
  }

  private static Image imageAt(Path source) {
    return ModelFixtures.image(Samples.name("tiny"), from(source), Samples.IMAGE, size(512));
  }

  private static Source from(Path file) {
    return new Source.FileSource(file);
  }

  private static ByteSize size(long bytes) {
    return new ByteSize(bytes);
  }

  private static Digest digest(Path file) throws Exception {
    var hasher = Digest.hasher();
    hasher.update(Files.readAllBytes(file));
    return Digest.of(hasher);
  }

  private static List<Path> filesIn(Path folder) throws Exception {
    try (var walk = Files.walk(folder)) {
      return walk.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)).toList();
    }
  }
}
