package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances that have no console. */
class ConsoleTest {
  private static final ResourceName BOB = new ResourceName("bob");

  @TempDir Path folder;

  @Test
  void only_a_file_that_there_is_is_named() throws Exception {
    Layout layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    Problem nobody = refused(layout);
    assertThat(nobody.summary()).isEqualTo("there is no instance bob on this host");
    assertThat(nobody.hint()).doesNotContain("console.boot");

    Files.createDirectories(layout.instance(BOB));
    Problem stopped = refused(layout);
    assertThat(stopped.code()).isEqualTo("no-console");
    assertThat(stopped.hint())
        .isEqualTo("'fjord status bob' says whether it is to run, and how it ended.");

    Files.writeString(layout.bootOutput(BOB), "panic");
    Files.writeString(layout.lastConsole(BOB), "panic");
    assertThat(refused(layout).hint())
        .contains(layout.bootOutput(BOB).toString(), layout.lastConsole(BOB).toString());
  }

  private static Problem refused(Layout layout) {
    ProblemException refusal =
        catchThrowableOfType(ProblemException.class, () -> new Console(layout).attach(BOB));
    assertThat(refusal).isNotNull();
    return refusal.problem();
  }
}
