package dev.fjord.host.linux.disk;

import static dev.fjord.host.linux.Samples.volume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.origin.Compression;
import dev.fjord.host.linux.origin.Packed;
import dev.fjord.host.linux.origin.web.FileServer;
import dev.fjord.host.linux.origin.web.Tls;
import dev.fjord.host.linux.origin.web.TransferLimits;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A state folder on a small file system of its own, which really gets full. */
class DiskFullIT {
  private static final InstanceRecord SMALL = Samples.record("linda", ByteSize.ZERO);
  private static final InstanceRecord LARGE =
      Samples.record("linda", ByteSize.ZERO, volume("storage", ByteSize.gib(1)));

  @TempDir Path folder;

  @BeforeAll
  static void needs_root() {
    assumeTrue(Samples.isRoot(), "only root can mount a file system");
  }

  @AfterEach
  void unmount() {
    Command.of("umount", state().toString()).run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void an_image_that_does_not_fit_leaves_nothing(String type) throws Exception {
    var layout = mount(type);
    var bytes = new byte[24 << 20];
    new Random(1).nextBytes(bytes);
    var source = Files.write(folder.resolve("big.img"), bytes);
    var hasher = Digest.hasher();
    hasher.update(bytes);
    var image =
        ModelFixtures.image(
            Samples.name("big"),
            new Source.FileSource(source),
            Digest.of(hasher),
            new ByteSize(bytes.length));
    var store = new ImageStore(layout);
    var problem = refused(() -> store.store(image, Progress.SILENT));
    assertThat(problem.code()).isEqualTo("disk-full");
    assertThat(problem.summary())
        .isEqualTo(
            "storing image big at "
                + layout.image(image.name(), image.version())
                + " failed: the file system is full");
    assertThat(problem.detail()).contains("No space left on device");
    assertThat(problem.hint()).startsWith("Free some space or enlarge it");
    assertThat(files(layout.images())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"tmpfs, false", "ext4, false", "tmpfs, true", "ext4, true"})
  void a_download_that_does_not_fit_leaves_nothing(String type, boolean compressed)
      throws Exception {
    var layout = mount(type);
    var bytes = new byte[24 << 20];
    new Random(1).nextBytes(bytes);
    var hasher = Digest.hasher();
    hasher.update(bytes);
    var tls = Tls.make(folder);
    try (var server = new FileServer(tls.context())) {
      server.content = compressed ? Packed.by(Compression.GZIP, bytes) : bytes;
      var image =
          ModelFixtures.image(
              Samples.name("big"),
              new Source.HttpsSource(server.uri("/big.img")),
              Digest.of(hasher),
              new ByteSize(bytes.length));
      var web = new Web(tls.context(), ProxySelector.of(null), TransferLimits.USUAL);
      var problem = refused(() -> new ImageStore(layout, web).store(image, Progress.SILENT));
      assertThat(problem.code()).isEqualTo("disk-full");
      assertThat(problem.summary())
          .isEqualTo(
              "storing image big at "
                  + layout.image(image.name(), image.version())
                  + " failed: the file system is full");
      assertThat(server.requests()).hasSize(1);
    }
    assertThat(files(layout.images())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void an_instance_that_does_not_fit_leaves_nothing(String type) throws Exception {
    var layout = mount(type);
    fill(layout);
    var problem = refused(() -> new InstanceDisks(layout, Samples.NO_GROWTH).create(LARGE));
    assertThat(problem.code()).isEqualTo("disk-full");
    assertThat(problem.summary())
        .startsWith("making volume storage of 1GiB at ")
        .endsWith(" failed: the file system is full");
    assertThat(files(layout.instances())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void a_volume_that_does_not_fit_changes_nothing(String type) throws Exception {
    var layout = mount(type);
    var disks = new InstanceDisks(layout, Samples.NO_GROWTH);
    disks.create(SMALL);
    fill(layout);
    var before = files(layout.instances());
    assertThat(refused(() -> disks.update(LARGE)).code()).isEqualTo("disk-full");
    assertThat(files(layout.instances())).isEqualTo(before);
    assertThat(new RecordStore(layout).read(SMALL.name()).orThrow()).isEqualTo(SMALL);

    Files.delete(state().resolve("filler"));
    disks.update(LARGE);
    assertThat(disks.observe(SMALL.name()).orThrow().volumes()).hasSize(1);
  }

  /** Leaves some 200 KiB: enough for a COW and a record, not for a file system of 1 GiB. */
  private void fill(Layout layout) throws Exception {
    var filler = layout.state().resolve("filler");
    try (var out = Files.newOutputStream(filler)) {
      var block = new byte[64 << 10];
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
    try (var file = new java.io.RandomAccessFile(filler.toFile(), "rw")) {
      file.setLength(file.length() - (200 << 10));
    }
  }

  private Layout mount(String type) throws Exception {
    Files.createDirectories(state());
    var device = folder.resolve("device.img");
    SparseFile.create(device, 16 << 20);
    var words =
        type.equals("tmpfs")
            ? List.of("mount", "-t", "tmpfs", "-o", "size=16m", "fjord-it", state().toString())
            : List.of("mount", "-t", "ext4", "-o", "loop", device.toString(), state().toString());
    if (type.equals("ext4")) {
      Command.of("mkfs.ext4", "-q", "-F", "-m", "0", device.toString()).output();
    }
    var mounted = Command.of(words).run();
    assumeTrue(mounted.exit() == 0, type + " cannot be mounted here: " + mounted.error());
    var layout = Layout.of(state().toString(), "/run/fjord-test");
    var image = layout.image(Samples.name("tiny"), Samples.IMAGE);
    Files.createDirectories(image.getParent());
    SparseFile.create(image, 1 << 20);
    Files.setLastModifiedTime(image, FileTime.from(PinnedFile.MODIFIED));
    return layout;
  }

  private Path state() {
    return folder.resolve("state");
  }

  private static Problem refused(Runnable step) {
    return catchThrowableOfType(ProblemException.class, step::run).problem();
  }

  private static List<Path> files(Path folder) throws Exception {
    try (var walk = Files.walk(folder)) {
      return walk.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> !file.toString().contains("/tiny/"))
          .sorted()
          .toList();
    }
  }
}
