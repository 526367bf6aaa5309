package dev.fjord.host.linux.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskSample;
import dev.fjord.model.Layout;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UseHistoryTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir Path state;
  private Layout layout;
  private Instant now = NOON;
  private int measured;

  @BeforeEach
  void place() {
    layout = Layout.of(state.toString(), "/run/fjord-test");
  }

  @Test
  void before_the_first_note_there_is_nothing() {
    assertThat(history().samples().orThrow()).isEmpty();
  }

  @Test
  void a_sample_is_taken_once_an_hour_whoever_asks() {
    var agent = history();
    for (int minute = 0; minute < 150; minute++) {
      now = NOON.plus(Duration.ofMinutes(minute));
      agent.note();
      history().note();
    }
    assertThat(measured).isEqualTo(3);
    assertThat(history().samples().orThrow())
        .containsExactly(sample(0, 1), sample(1, 2), sample(2, 3));
  }

  @Test
  void a_history_of_a_newer_version_stays() throws Exception {
    Files.writeString(layout.diskUse(), "{\"version\": 2}");
    assertThatThrownBy(() -> history().note())
        .hasMessageContaining("was written by a newer version of fjord");
    assertThat(history().samples().problems().get(0).hint())
        .startsWith("The growth of the disk is not foretold meanwhile.");
    assertThat(layout.diskUse()).hasContent("{\"version\": 2}");
  }

  @Test
  void no_more_are_kept_than_a_forecast_looks_at() throws Exception {
    var agent = history();
    for (int hour = 0; hour < 1000; hour++) {
      now = NOON.plus(Duration.ofHours(hour));
      agent.note();
    }
    var kept = history().samples().orThrow();
    assertThat(kept).hasSize(UseHistory.MOST);
    assertThat(kept.get(kept.size() - 1)).isEqualTo(sample(999, 1000));
    assertThat(Files.size(layout.diskUse())).isLessThan(64 << 10);
    try (var files = Files.list(state)) {
      assertThat(files).containsExactly(layout.diskUse());
    }
  }

  @Test
  void a_clock_that_was_set_back_takes_what_it_called_later_away() {
    var agent = history();
    agent.note();
    now = NOON.plus(Duration.ofHours(1));
    agent.note();
    now = NOON.minus(Duration.ofDays(365));
    agent.note();
    assertThat(agent.samples().orThrow()).singleElement().extracting("at").isEqualTo(now);
  }

  @Test
  void one_that_cannot_be_read_is_told_and_begun_anew() throws Exception {
    Files.writeString(layout.diskUse(), "{\"samples\":[");
    var problem = history().samples().problems().get(0);
    assertThat(problem.summary())
        .isEqualTo(layout.diskUse() + " does not hold what fjord writes there");
    assertThat(problem.hint()).contains("the agent begins it anew");
    history().note();
    assertThat(history().samples().orThrow()).containsExactly(sample(0, 1));
  }

  @Test
  void a_huge_one_is_not_read_to_its_end() throws Exception {
    Files.writeString(layout.diskUse(), "{\"samples\":[]," + " ".repeat(1 << 20) + "\"x\":1}");
    assertThat(history().samples().problems()).hasSize(1);
  }

  @Test
  void a_disk_that_does_not_answer_is_told_and_changes_nothing() {
    history().note();
    now = NOON.plus(Duration.ofHours(2));
    var history =
        new UseHistory(
            layout,
            () -> now,
            () -> {
              throw new IOException("stale file handle");
            });
    assertThatThrownBy(history::note)
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("asking how much is used of " + state + " failed");
    assertThat(history.samples().orThrow()).containsExactly(sample(0, 1));
  }

  @Test
  void the_file_system_itself_is_asked() throws Exception {
    var history = new UseHistory(layout, () -> now);
    history.note();
    var disk = Files.getFileStore(state);
    assertThat(history.samples().orThrow().get(0).used())
        .isGreaterThan(ByteSize.ZERO)
        .isLessThanOrEqualTo(new ByteSize(disk.getTotalSpace()));
  }

  private UseHistory history() {
    return new UseHistory(layout, () -> now, () -> new ByteSize(++measured));
  }

  private static DiskSample sample(int hour, int used) {
    return new DiskSample(NOON.plus(Duration.ofHours(hour)), new ByteSize(used));
  }
}
