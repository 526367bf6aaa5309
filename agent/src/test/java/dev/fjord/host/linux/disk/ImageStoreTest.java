package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.Layout;
import dev.fjord.model.Source;
import dev.fjord.model.StoredImage;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
  private static final int SIZE = 5 << 20;

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private ImageStore store = new ImageStore(layout);

  @BeforeEach
  void open() {
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    store = new ImageStore(layout);
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
        .containsExactly(new StoredImage(image.name(), image.version(), image.size()));
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
    var image = new Image(Samples.name("tiny"), from(source), Samples.IMAGE, size(SIZE));
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
    var problem = refused(new Image(Samples.name("tiny"), from(source), digest(source), size(512)));
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
  void a_touched_one_is_no_image_until_it_is_verified_and_mended() throws Exception {
    var source = source("tiny.img", SIZE);
    var image = image(source);
    store.store(image, Progress.SILENT);
    Samples.release(folder);
    Files.setLastModifiedTime(place(image), FileTime.from(Instant.parse("2024-05-05T00:00:00Z")));
    Files.setPosixFilePermissions(place(image), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(store.observe().value()).isEmpty();
    var problem = store.observe().problems().get(0);
    assertThat(problem.summary()).isEqualTo("image tiny was touched in the store: " + place(image));
    assertThat(problem.detail())
        .isEqualTo(
            "modified 2024-05-05T00:00:00Z, mode rw-r--r--, 5242880 bytes;"
                + " stored as modified 2020-01-01T00:00:00Z, mode r--r--r--");

    Files.delete(source);
    var inode = Files.getAttribute(place(image), "unix:ino");
    store.store(image, Progress.SILENT);
    assertThat(store.observe().value()).hasSize(1);
    assertThat(Files.getAttribute(place(image), "unix:ino")).isEqualTo(inode);
  }

  @Test
  void a_changed_one_is_replaced_from_its_source() throws Exception {
    var image = image(source("tiny.img", SIZE));
    store.store(image, Progress.SILENT);
    Samples.release(folder);
    Files.setPosixFilePermissions(place(image), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(place(image), "changed");
    assertThat(store.observe().value()).isEmpty();
    store.store(image, Progress.SILENT);
    assertThat(place(image)).hasSameBinaryContentAs(folder.resolve("tiny.img"));
    assertThat(store.observe().value()).hasSize(1);
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
    return new Image(Samples.name("tiny"), from(source), digest(source), size(Files.size(source)));
  }

  private static Image imageAt(Path source) {
    return new Image(Samples.name("tiny"), from(source), Samples.IMAGE, size(512));
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
