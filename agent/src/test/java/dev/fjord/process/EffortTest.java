package dev.fjord.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Real processes. */
class EffortTest {
  @Test
  void one_that_sleeps_does_nothing_and_wants_nothing() throws Exception {
    var process = new ProcessBuilder("sleep", "600").start();
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> !Effort.of(process.pid()).wantsProcessor());
      assertThat(Effort.of(process.pid()).ranMillis()).isLessThan(1000);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void the_work_of_a_descendant_counts() throws Exception {
    var process = new ProcessBuilder("sh", "-c", "sh -c 'while :; do :; done' & wait").start();
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> Effort.of(process.pid()).ranMillis() > 100);
      assertThat(Effort.of(process.pid()).wantsProcessor()).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void one_that_has_ended_has_none() throws Exception {
    var process = new ProcessBuilder("true").start();
    process.waitFor();
    assertThat(Effort.of(process.pid())).isEqualTo(Effort.NONE);
  }
}
