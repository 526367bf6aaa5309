package dev.fjord.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.problem.ProblemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
  @TempDir Path folder;

  @Test
  void a_write_that_is_interrupted_says_so_and_leaves_the_file_as_it_was() {
    var file = folder.resolve("file");
    DurableFile.write(file, "before".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Thread.currentThread().interrupt();
    var problem =
        catchThrowableOfType(ProblemException.class, () -> DurableFile.write(file, new byte[] {1}))
            .problem();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(problem.code()).isEqualTo("interrupted");
    assertThat(problem.summary()).isEqualTo("writing " + file + " was interrupted");
    assertThat(file).hasContent("before");
  }
}
