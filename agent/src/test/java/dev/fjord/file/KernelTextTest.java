package dev.fjord.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTextTest {
  @TempDir Path folder;

  @Test
  void a_number_of_the_kernel_is_read_whole() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/sys/kernel/pid_max")), "there is no /proc/sys");
    assertThat(Long.parseLong(KernelText.read("/proc/sys/kernel/pid_max", 100).strip()))
        .isGreaterThanOrEqualTo(301); // PID_MAX_LIMIT's least, linux/threads.h
  }

  @Test
  void long_text_is_read_up_to_the_limit() throws Exception {
    var file = Files.writeString(folder.resolve("f"), "0123456789".repeat(2000));
    assertThat(KernelText.read(file.toString(), 1 << 20)).hasSize(20_000).endsWith("789");
    assertThat(KernelText.read(file.toString(), 9_000)).hasSize(9_000);
    assertThat(KernelText.read(Files.createFile(folder.resolve("e")).toString(), 10)).isEmpty();
  }

  @Test
  void what_is_not_there_is_an_error() {
    assertThatThrownBy(() -> KernelText.read(folder.resolve("none").toString(), 10))
        .isInstanceOf(IOException.class);
  }
}
