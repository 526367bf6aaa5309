package dev.fjord.host.linux.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Layout;
import dev.fjord.model.TrashUse;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the trash takes what was written, and is measured once. */
class TrashSizesTest {
  private static final ByteSize MIB = ByteSize.mib(1);

  @TempDir Path state;
  private Layout layout;
  private TrashSizes sizes;

  @BeforeEach
  void setUp() throws IOException {
    layout = Layout.of(state.toString(), state.resolve("run").toString());
    sizes = new TrashSizes(layout);
    Files.createDirectories(layout.trash());
  }

  @Test
  void a_hole_takes_nothing() throws IOException {
    lay("full", 3, 3);
    lay("sparse", 1, 4096);

    assertThat(bytes("full")).isBetween(ByteSize.mib(3), ByteSize.mib(4));
    assertThat(bytes("sparse")).isBetween(MIB, ByteSize.mib(2));
  }

  @Test
  void what_is_gone_is_left_out() throws IOException {
    lay("a", 1, 1);

    assertThat(sizes.of(uses("a", "gone"))).extracting(TrashUse::folder).containsExactly("a");
  }

  @Test
  void a_folder_is_measured_again_when_its_time_is_another() throws IOException {
    lay("a", 1, 1);
    FileTime time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(layout.trash().resolve("a"), time);
    ByteSize before = bytes("a");
    lay("a", 3, 3);
    Files.setLastModifiedTime(layout.trash().resolve("a"), time);

    assertThat(bytes("a")).as("nobody writes there").isEqualTo(before);
    Files.setLastModifiedTime(layout.trash().resolve("a"), FileTime.fromMillis(2_000_000));
    assertThat(bytes("a")).isGreaterThan(before);
  }

  private ByteSize bytes(String folder) {
    return sizes.of(uses(folder)).get(0).bytes();
  }

  private static List<TrashUse> uses(String... folders) {
    return Stream.of(folders).map(one -> new TrashUse(one, null, null, ByteSize.ZERO)).toList();
  }

  /** A folder with a disk, of which so much was written. */
  private void lay(String folder, int written, int length) throws IOException {
    Path there = layout.trash().resolve(folder);
    Files.createDirectories(there);
    try (RandomAccessFile disk = new RandomAccessFile(there.resolve("disk").toFile(), "rw")) {
      disk.write(new byte[(int) MIB.bytes() * written]);
      disk.setLength(MIB.bytes() * length);
    }
  }
}
