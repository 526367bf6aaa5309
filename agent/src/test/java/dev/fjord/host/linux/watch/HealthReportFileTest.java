package dev.fjord.host.linux.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.Ailment;
import dev.fjord.model.Ailment.Repair;
import dev.fjord.model.Ailment.Verdict;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.watch.HealthReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the watch has left, and who believes it. */
class HealthReportFileTest {
  private static final ResourceName LINDA = new ResourceName("linda");
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;
  private Layout layout;
  private HealthReportFile file;

  @BeforeEach
  void an_empty_run_directory() {
    layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    file = new HealthReportFile(layout);
  }

  @Test
  void an_ailment_counts_for_the_kernel_that_has_it() {
    note(Verdict.KERNEL_HUNG);
    assertThat(file.ailments(running(7), AT.plusSeconds(5))).containsKey(LINDA);
    assertThat(file.ailments(running(8), AT.plusSeconds(5))).isEmpty();
    assertThat(file.ailments(Map.of(), AT.plusSeconds(5))).isEmpty();
  }

  @Test
  void a_death_counts_until_there_is_another_kernel() {
    note(Verdict.DEAD);
    assertThat(file.ailments(Map.of(), AT)).containsKey(LINDA);
    assertThat(file.ailments(running(8), AT)).isEmpty();
  }

  @Test
  void what_nobody_watches_any_more_counts_for_nothing() {
    note(Verdict.KERNEL_HUNG);
    assertThat(file.ailments(running(7), AT.plusSeconds(35))).isNotEmpty();
    assertThat(file.ailments(running(7), AT.plusSeconds(36))).isEmpty();
    assertThat(file.ailments(running(7), AT.minusSeconds(36))).isEmpty();
  }

  @Test
  void it_is_read_as_it_was_written() {
    HealthReport noted = note(Verdict.NETWORK_WRONG);
    assertThat(file.read()).isEqualTo(noted);
  }

  @Test
  void what_is_not_there_or_damaged_is_nothing() throws Exception {
    assertThat(file.ailments(running(7), AT)).isEmpty();
    Files.createDirectories(layout.run());
    Files.writeString(layout.watch(), "{\"at\": \"2026");
    assertThat(file.read()).isNull();
  }

  @Test
  void one_of_a_newer_version_is_nothing_and_stays() throws Exception {
    Files.createDirectories(layout.run());
    Files.writeString(layout.watch(), "{\"version\": 2}");
    assertThat(file.read()).isNull();
    assertThat(file.ailments(running(7), AT)).isEmpty();
    assertThatThrownBy(() -> note(Verdict.DEAD))
        .hasMessageContaining(layout.watch() + " was written by a newer version of fjord");
    assertThat(layout.watch()).hasContent("{\"version\": 2}");
  }

  private HealthReport note(Verdict verdict) {
    List<Repair> repairs = List.of(new Repair(AT, Verdict.USER_SPACE_HUNG, "port"));
    Ailment ailment = new Ailment(verdict, AT, 7, "no answer", AT.plusSeconds(120), repairs);
    HealthReport noted = new HealthReport(AT, 5000, Map.of(LINDA, ailment), Map.of(LINDA, repairs));
    file.write(noted);
    return noted;
  }

  private static Map<ResourceName, RunningKernel> running(long pid) {
    return Map.of(
        LINDA,
        ModelFixtures.runningKernel(
            pid, new KernelInvocation(Path.of("/linux"), List.of()), false));
  }
}
