package dev.fjord.host.linux.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.ByteSize;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootDivergenceTest {
  private static final ByteSize IMAGE = ByteSize.mib(4);
  private static final ResourceName LINDA = Samples.name("linda");
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00.123456789Z");

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private RootDivergence divergence = new RootDivergence(layout, Instant::now);

  @BeforeEach
  void make_an_instance() throws Exception {
    layout = Layout.of(folder.toString(), "/run/fjord-test");
    divergence = new RootDivergence(layout, Instant::now);
    InstanceRecord record = Samples.record("linda", ByteSize.ZERO);
    Path image = layout.image(record.applied().image(), record.base());
    Files.createDirectories(image.getParent());
    Files.write(image, new byte[(int) IMAGE.bytes()]);
    new dev.fjord.host.linux.disk.InstanceDisks(layout, Samples.NO_GROWTH).create(record);
  }

  @Test
  void tells_the_sectors_that_were_written() throws Exception {
    assertThat(divergence.of(LINDA, IMAGE)).isEqualTo(ByteSize.ZERO);
    write((byte) 0x81);
    assertThat(divergence.of(LINDA, IMAGE)).isEqualTo(new ByteSize(1024));
  }

  @Test
  void a_root_that_nobody_writes_is_read_once() throws Exception {
    age(LONG_AGO);
    for (int run = 0; run < 5; run++) {
      assertThat(divergence.of(LINDA, IMAGE)).isEqualTo(ByteSize.ZERO);
    }
    assertThat(divergence.readings()).isEqualTo(1);
    write((byte) 0x01);
    age(LONG_AGO.plusNanos(1));
    assertThat(divergence.of(LINDA, IMAGE)).isEqualTo(new ByteSize(512));
    assertThat(divergence.readings()).isEqualTo(2);
  }

  @Test
  void one_that_was_written_just_now_is_read_again() throws Exception {
    Instant now = LONG_AGO.plusSeconds(1);
    divergence = new RootDivergence(layout, () -> now);
    age(LONG_AGO);
    assertThat(divergence.of(LINDA, IMAGE)).isEqualTo(ByteSize.ZERO);
    write((byte) 0x01);
    age(LONG_AGO);
    assertThat(divergence.of(LINDA, IMAGE)).isEqualTo(new ByteSize(512));
  }

  @Test
  void another_root_of_the_same_age_is_read() throws Exception {
    age(LONG_AGO);
    divergence.of(LINDA, IMAGE);
    Path root = layout.rootCow(LINDA);
    Path copy = Files.copy(root, folder.resolve("copy"));
    Files.move(copy, root, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    write((byte) 0x03);
    age(LONG_AGO);
    assertThat(divergence.of(LINDA, IMAGE)).isEqualTo(new ByteSize(1024));
  }

  @Test
  void what_cannot_be_read_is_not_known() throws Exception {
    assertThat(divergence.of(LINDA, ByteSize.mib(8))).isNull();
    Files.delete(layout.rootCow(LINDA));
    assertThat(divergence.of(LINDA, IMAGE)).isNull();
  }

  private void write(byte bits) throws Exception {
    try (var open = new RandomAccessFile(layout.rootCow(LINDA).toFile(), "rw")) {
      open.seek(8192);
      open.write(bits);
    }
  }

  private void age(Instant written) throws Exception {
    Files.setLastModifiedTime(layout.rootCow(LINDA), FileTime.from(written));
  }
}
