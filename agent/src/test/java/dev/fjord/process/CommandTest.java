package dev.fjord.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.model.Digest;
import dev.fjord.problem.ProblemException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommandTest {
  /** More than a pipe holds. */
  private static final String LONG = "0123456789abcdef".repeat(1 << 16);

  @Test
  void a_long_input_arrives_whole() {
    assertThat(Command.of("sha256sum").input(LONG).output()).startsWith(Digest.ofText(LONG).hex());
  }

  @Test
  void a_program_may_end_without_reading_its_input() {
    assertThat(Command.of("true").input(LONG).run().exit()).isZero();
  }

  @Test
  void a_program_that_never_reads_its_input_is_killed_in_time() {
    var sleeping = Command.of("sleep", "3600").input(LONG).timeout(Duration.ofSeconds(1));
    var problem = catchThrowableOfType(ProblemException.class, sleeping::run).problem();
    assertThat(problem.code()).isEqualTo("command-timeout");
    assertThat(problem.summary()).isEqualTo("'sleep 3600' did not end within 1 s");
  }
}
