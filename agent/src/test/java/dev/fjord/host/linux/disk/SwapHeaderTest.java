package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwapHeaderTest {
  private static final UUID ID = UUID.fromString("f70cd000-7171-4e5e-8000-0123456789ab");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {40_960, 1 << 20, 64 << 20, (1 << 20) + 4095})
  void writes_what_mkswap_writes(long length) throws Exception {
    assumeTrue(Samples.isInstalled("mkswap"), "mkswap (package util-linux) is missing");
    var ours = swap("ours", length);
    SwapHeader.write(ours, length, ID);
    var theirs = swap("theirs", length);
    Command.of("mkswap", "-q", "-U", ID.toString(), theirs.toString()).output();
    assertThat(ours).hasSameBinaryContentAs(theirs);
  }

  @Test
  void a_swap_that_no_kernel_would_take_is_refused() throws Exception {
    var tiny = swap("tiny", 40_959);
    assertThatThrownBy(() -> SwapHeader.write(tiny, 40_959, ID))
        .isInstanceOf(IOException.class)
        .hasMessage("a swap has at least 10 pages of 4096 bytes");
  }

  private Path swap(String name, long length) throws IOException {
    var file = folder.resolve(name);
    SparseFile.create(file, length);
    assertThat(Files.size(file)).isEqualTo(length);
    return file;
  }
}
