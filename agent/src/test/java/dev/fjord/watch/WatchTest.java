package dev.fjord.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Ailment.Verdict;
import dev.fjord.model.ResourceName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rounds beside a run that changes linda's machine. */
class WatchTest implements WatchedHost {
  private static final ResourceName LINDA = new ResourceName("linda");
  private static final Rules RULES = Rules.of(Duration.ofSeconds(5), Duration.ZERO);

  private final List<ResourceName> asked = new ArrayList<>();
  private final List<Nudge> nudges = new ArrayList<>();
  private final List<HealthReport> reports = new ArrayList<>();
  private final List<HealthEvent> events = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00.5Z");
  private ProbeResult results = new ProbeResult(ProbeResult.State.RUNS, null);
  private Runnable meanwhile = () -> {};
  private final Watch watch = new Watch(this, RULES, HealthReport.NOTHING, () -> now, events::add);

  @Test
  void what_a_run_changes_is_neither_asked_nor_nudged() {
    watch.begins(LINDA, false);
    check(6);
    assertThat(asked).isEmpty();
    assertThat(nudges).isEmpty();
    watch.ended(LINDA, false);
    check(4);
    assertThat(nudges).containsExactly(Nudge.PING, Nudge.SIGIO, Nudge.SYSRQ);
    assertThat(last().ailments()).containsKey(LINDA);
  }

  @Test
  void an_answer_from_before_a_change_began_counts_for_nothing() {
    check(3);
    meanwhile = () -> watch.begins(LINDA, false);
    check(1);
    assertThat(nudges).hasSize(3);
    assertThat(last().ailments()).isEmpty();
  }

  @Test
  void it_writes_when_there_is_something_to_tell_and_then_once_more() {
    results = new ProbeResult(ProbeResult.State.RUNS, 1.0);
    check(1);
    assertThat(reports).as("what an earlier agent left is over").hasSize(1);
    results = new ProbeResult(ProbeResult.State.RUNS, null);
    check(3);
    assertThat(reports).hasSize(1);
    check(3);
    assertThat(reports).as("told again, or it would not be believed").hasSize(4);
    assertThat(last().ailments().get(LINDA).verdict()).isEqualTo(Verdict.KERNEL_HUNG);
    assertThat(last().at()).isEqualTo(now.minusMillis(500));
    results = new ProbeResult(ProbeResult.State.RUNS, 2.0);
    check(1);
    assertThat(last().ailments()).isEmpty();
    results = new ProbeResult(ProbeResult.State.RUNS, 3.0);
    check(1);
    assertThat(reports).hasSize(5);
    assertThat(events).hasSize(2);
  }

  @Test
  void a_restart_because_of_an_ailment_is_counted_and_a_change_on_purpose_forgets_it() {
    check(4);
    watch.begins(LINDA, true);
    watch.ended(LINDA, false);
    check(1);
    assertThat(last().repairs().get(LINDA)).hasSize(1);
    watch.begins(LINDA, false);
    watch.ended(LINDA, true);
    check(1);
    assertThat(last().repairs()).isEmpty();
  }

  @Test
  void a_clock_that_is_set_back_makes_it_neither_blind_nor_forgetful() {
    check(5);
    watch.begins(LINDA, true);
    watch.ended(LINDA, false);
    check(5);
    assertThat(last().repairs().get(LINDA)).hasSize(1);
    int told = reports.size();

    now = now.minus(Duration.ofDays(365));
    check(1);
    assertThat(last().repairs().getOrDefault(LINDA, List.of()))
        .as("what is yet to come has not been")
        .isEmpty();
    check(4);
    assertThat(last().ailments().get(LINDA).restartFrom()).isBefore(now);
    assertThat(reports).hasSizeGreaterThan(told);
  }

  private void check(int times) {
    for (int i = 0; i < times; i++) {
      now = now.plusSeconds(5);
      watch.check();
    }
  }

  private HealthReport last() {
    return reports.get(reports.size() - 1);
  }

  @Override
  public List<Watched> watched() {
    return List.of(new Watched(LINDA, new Watched.Main(7, 1), 1, List.of(), null, true, null));
  }

  @Override
  public Map<ResourceName, ProbeResult> ask(List<Watched> instances) {
    Map<ResourceName, ProbeResult> answers = new HashMap<>();
    instances.forEach(one -> {
      asked.add(one.name());
      answers.put(one.name(), results);
    });
    meanwhile.run();
    return answers;
  }

  @Override
  public void nudge(Watched instance, Nudge nudge) {
    nudges.add(nudge);
  }

  @Override
  public void note(HealthReport found) {
    reports.add(found);
  }
}
