package dev.fjord.host.linux.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.disk.ImageStore;
import dev.fjord.host.linux.disk.InstanceDisks;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source.FileSource;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSurveyTest {
  private static final ByteSize IMAGE = ByteSize.mib(4);

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private Digest digest = Samples.IMAGE;

  @BeforeEach
  void store_an_image() throws Exception {
    assumeTrue(Samples.isInstalled("mkfs.ext4"), "mkfs.ext4 (package e2fsprogs) is missing");
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    Files.createDirectories(layout.state());
    var source = Files.write(folder.resolve("tiny.img"), new byte[(int) IMAGE.bytes()]);
    digest = Digest.parse(Command.of("sha256sum", source.toString()).output().substring(0, 64));
    new ImageStore(layout)
        .store(
            ModelFixtures.image(Samples.name("tiny"), new FileSource(source), digest, IMAGE),
            Progress.SILENT);
  }

  @AfterEach
  void release() {
    Samples.release(folder);
  }

  @Test
  void a_host_without_instances_has_nothing_promised() {
    var usage = look();
    assertThat(usage.instances()).isEmpty();
    assertThat(usage.problems()).isEmpty();
    assertThat(usage.trash()).isEqualTo(ByteSize.ZERO);
    assertThat(usage.size()).isGreaterThan(usage.free());
  }

  @Test
  void tells_of_each_what_it_was_promised_takes_and_has_written() throws Exception {
    create("bob");
    create("linda");
    write(layout.rootCow(Samples.name("linda")), 8192, (byte) 0x81);
    Files.write(layout.swap(Samples.name("linda")), new byte[1 << 20]);
    var usage = look();
    assertThat(usage.problems()).isEmpty();
    assertThat(usage.isWhole()).isTrue();
    var bob = usage.instances().get(0);
    var linda = usage.instances().get(1);
    assertThat(bob.name()).isEqualTo(Samples.name("bob"));
    assertThat(linda.promised()).isEqualTo(ByteSize.mib(4 + 1 + 16));
    assertThat(linda.diverged()).isEqualTo(new ByteSize(1024));
    assertThat(bob.diverged()).isEqualTo(ByteSize.ZERO);
    assertThat(linda.used().bytes() - bob.used().bytes()).isBetween(1L << 19, (1L << 20) + 8192);
    assertThat(usage.outstanding()).isLessThan(ByteSize.mib(42));
  }

  @Test
  void what_left_counts_as_trash_alone() {
    create("linda");
    new InstanceDisks(layout, Samples.NO_GROWTH).trash(Samples.name("linda"));
    assertThat(look().instances()).isEmpty();
    assertThat(look().trash()).isGreaterThan(ByteSize.ZERO);
  }

  @Test
  void a_hostile_root_hides_nothing_but_itself() throws Exception {
    create("bob");
    create("linda");
    write(layout.rootCow(Samples.name("bob")), 12, (byte) 0x7f);
    var usage = look();
    assertThat(usage.problems()).extracting(Problem::code).containsExactly("cow-unreadable");
    assertThat(usage.instances().get(0).diverged()).isNull();
    assertThat(usage.instances().get(0).promised()).isEqualTo(ByteSize.mib(21));
    assertThat(usage.instances().get(1).diverged()).isEqualTo(ByteSize.ZERO);
  }

  @Test
  void a_record_or_an_image_that_is_lost_makes_a_promise_unknown() throws Exception {
    create("bob");
    create("linda");
    Files.delete(layout.record(Samples.name("bob")));
    Files.delete(layout.recordCopy(Samples.name("bob")));
    assertThat(look().problems()).extracting(Problem::code).containsExactly("record-unreadable");
    assertThat(look().unknownPromises()).isEqualTo(1);
    Samples.release(folder);
    Files.delete(layout.image(Samples.name("tiny"), digest));
    assertThat(look().unknownPromises()).isEqualTo(2);
    assertThat(look().problems()).extracting(Problem::code).contains("image-missing");
  }

  @Test
  void a_state_directory_that_is_not_there_is_told() {
    assertThatThrownBy(() -> new DiskSurvey(Samples.NOWHERE, () -> NOW).look())
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("asking the file system of /nowhere/state failed");
  }

  @Test
  void the_forecast_is_made_from_what_was_noted() throws Exception {
    assertThat(look().forecast()).isEqualTo(new DiskForecast.Unknown(0, Duration.ZERO));
    for (int hour = 30; hour >= 0; hour--) {
      Instant at = NOW.minus(Duration.ofHours(hour));
      long used = 1L << 20;
      new UseHistory(layout, () -> at, () -> new ByteSize(used)).note();
    }
    assertThat(look().forecast())
        .isEqualTo(
            new DiskForecast.NotGrowing(new DiskForecast.Trend(31, Duration.ofHours(30), 0)));
    Files.writeString(layout.diskUse(), "?");
    assertThat(look().problems()).extracting(Problem::code).containsExactly("unreadable-json");
  }

  private DiskUsage look() {
    return new DiskSurvey(layout, () -> NOW).look();
  }

  private void create(String name) {
    var sample = Samples.record(name, ByteSize.mib(1), Samples.volume("storage", ByteSize.mib(16)));
    new InstanceDisks(layout, Samples.NO_GROWTH)
        .create(
            new InstanceRecord(
                sample.identity(),
                sample.uid(),
                sample.leases(),
                digest,
                sample.kernel(),
                sample.revision(),
                sample.applied(),
                null));
  }

  private static void write(Path file, long at, byte value) throws Exception {
    try (var open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      open.write(value);
    }
  }
}
