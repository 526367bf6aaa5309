package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Starts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartLogTest {
  private static final ResourceName LINDA = new ResourceName("linda");
  private static final KernelProcess KERNEL = new KernelProcess(42, 4711);

  @TempDir Path folder;
  private Layout layout;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void a_run_directory() {
    layout = new Layout(folder.resolve("s"), folder.resolve("r"));
  }

  /** Each is an agent that was started anew. */
  private StartLog log() {
    return new StartLog(layout, () -> now);
  }

  @Test
  void an_instance_that_was_never_started_may_start() {
    assertThat(log().starts(LINDA)).isEqualTo(Starts.NONE);
    log().noteDeath(LINDA);
    log().forget(LINDA);
    assertThat(log().starts(LINDA)).isEqualTo(Starts.NONE);
  }

  @Test
  void a_log_of_a_newer_version_is_no_empty_one_and_stays() throws Exception {
    Files.createDirectories(layout.starts(LINDA).getParent());
    Files.writeString(layout.starts(LINDA), "{\"version\": 2}");
    assertThatThrownBy(() -> log().starts(LINDA))
        .hasMessageContaining("was written by a newer version of fjord");
    assertThatThrownBy(() -> log().begin(LINDA))
        .hasMessageContaining("was written by a newer version of fjord");
    assertThat(layout.starts(LINDA)).hasContent("{\"version\": 2}");
  }

  @Test
  void failures_in_a_row_wait_twice_as_long_up_to_five_minutes() {
    for (var seconds : new int[] {5, 10, 20, 40, 80, 160, 300, 300}) {
      log().begin(LINDA);
      log().failed(LINDA);
      assertThat(log().starts(LINDA).notBefore()).isEqualTo(now.plusSeconds(seconds));
    }
    assertThat(log().starts(LINDA).failures()).isEqualTo(8);
  }

  @Test
  void a_start_whose_agent_was_killed_ends_with_the_next_run() {
    log().begin(LINDA);
    log().settle(LINDA, KERNEL, false);
    assertThat(log().last(LINDA).isUnderWay()).as("it is watched from now on").isFalse();
    assertThat(log().isReady(LINDA, KERNEL)).isFalse();
    log().begin(LINDA);
    log().settle(LINDA, KERNEL, true);
    assertThat(log().isReady(LINDA, KERNEL)).isTrue();
    now = now.plusSeconds(30);
    log().settle(LINDA, new KernelProcess(43, 4712), true);
    assertThat(log().isReady(LINDA, KERNEL)).as("only what is open is settled").isTrue();
  }

  @Test
  void a_death_soon_after_the_start_counts_once() {
    log().begin(LINDA);
    log().ready(LINDA, KERNEL);
    assertThat(log().isReady(LINDA, KERNEL)).isTrue();
    assertThat(log().isReady(LINDA, new KernelProcess(42, 4712))).isFalse();
    now = now.plusSeconds(30);
    log().noteDeath(LINDA);
    log().noteDeath(LINDA);
    assertThat(log().starts(LINDA))
        .as("the first one may be a reboot: it is started again at once")
        .isEqualTo(new Starts(1, now));
    assertThat(log().isReady(LINDA, KERNEL)).isFalse();
  }

  @Test
  void a_crash_loop_of_kernels_that_become_ready_slows_down() {
    for (var i = 1; i <= 4; i++) {
      log().begin(LINDA);
      log().ready(LINDA, KERNEL);
      log().noteDeath(LINDA);
      assertThat(log().starts(LINDA).failures()).isEqualTo(i);
    }
    assertThat(log().starts(LINDA).notBefore()).isEqualTo(now.plusSeconds(40));
  }

  @Test
  void a_kernel_that_lasts_clears_its_past() {
    log().failed(LINDA);
    log().begin(LINDA);
    log().ready(LINDA, KERNEL);
    assertThat(log().starts(LINDA).failures()).isEqualTo(1);
    now = now.plus(Duration.ofMinutes(5));
    assertThat(log().starts(LINDA)).isEqualTo(Starts.NONE);
    log().noteDeath(LINDA);
    assertThat(log().starts(LINDA)).isEqualTo(Starts.NONE);
  }

  @Test
  void a_start_that_no_agent_saw_the_end_of_counts_when_nothing_runs() {
    log().begin(LINDA, new KernelProcess(ProcessHandle.current().pid(), 1), 0);
    assertThat(log().starts(LINDA).failures()).isZero();
    log().noteDeath(LINDA);
    assertThat(log().starts(LINDA).failures()).isEqualTo(1);
  }

  @Test
  void a_start_is_under_way_for_as_long_as_its_agent_waits() {
    log().begin(LINDA);
    log().noteDeath(LINDA);
    assertThat(log().last(LINDA).isUnderWay()).isTrue();
    assertThat(log().starts(LINDA).failures()).as("the agent counts it").isZero();
    log().giveUp(LINDA);
    assertThat(log().last(LINDA).isUnderWay()).isFalse();
    log().begin(LINDA, new KernelProcess(ProcessHandle.current().pid(), 1), 0);
    assertThat(log().last(LINDA).isUnderWay()).as("that agent has ended").isFalse();
  }

  @Test
  void a_clock_that_was_set_back_holds_nothing_down() {
    log().failed(LINDA);
    now = now.minus(Duration.ofDays(300));
    assertThat(log().starts(LINDA).notBefore()).isEqualTo(now.plus(Starts.LONGEST_PAUSE));
  }

  @Test
  void a_broken_file_is_no_past() throws Exception {
    log().failed(LINDA);
    Files.writeString(layout.starts(LINDA), "{");
    assertThat(log().starts(LINDA)).isEqualTo(Starts.NONE);
  }
}
