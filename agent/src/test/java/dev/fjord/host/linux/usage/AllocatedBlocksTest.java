package dev.fjord.host.linux.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.ByteSize;
import dev.fjord.problem.ProblemException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocatedBlocksTest {
  @TempDir Path folder;

  @Test
  void nothing_takes_nothing() {
    assertThat(AllocatedBlocks.of(List.of())).isEqualTo(new AllocatedBlocks(Map.of(), ""));
  }

  @Test
  void holes_take_nothing_and_folders_count_with_what_is_in_them() throws Exception {
    var hole = folder.resolve("a hole -x");
    try (var file = new RandomAccessFile(hole.toFile(), "rw")) {
      file.setLength(1 << 30);
    }
    var full = Files.createDirectories(folder.resolve("full/below")).getParent();
    Files.write(full.resolve("below/file"), new byte[1 << 20]);
    var elsewhere = Files.write(folder.resolve("elsewhere"), new byte[4 << 20]);
    Files.createSymbolicLink(full.resolve("link"), elsewhere);
    var blocks = AllocatedBlocks.of(List.of(hole, full));
    assertThat(blocks.errors()).isEmpty();
    assertThat(blocks.byPath()).hasSize(2);
    assertThat(blocks.byPath().get(hole)).isLessThan(new ByteSize(64 << 10));
    assertThat(blocks.byPath().get(full)).isBetween(ByteSize.mib(1), new ByteSize(1100 << 10));
  }

  @Test
  void what_is_gone_is_not_known_and_hides_nothing_of_the_others() throws Exception {
    var there = Files.write(folder.resolve("there"), new byte[8192]);
    var gone = folder.resolve("gone");
    var blocks = AllocatedBlocks.of(List.of(gone, there));
    assertThat(blocks.byPath()).containsOnlyKeys(there);
    assertThat(blocks.errors()).contains("gone").contains("No such file or directory");
  }

  @Test
  void another_du_is_not_guessed_at() {
    assertThat(AllocatedBlocks.parse("4096\t/a\tb\n\0" + "0\t/c\0"))
        .isEqualTo(Map.of(Path.of("/a\tb\n"), new ByteSize(4096), Path.of("/c"), ByteSize.ZERO));
    assertThatThrownBy(() -> AllocatedBlocks.parse("4.0K\t/a\0"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("du(1) said something");
  }
}
