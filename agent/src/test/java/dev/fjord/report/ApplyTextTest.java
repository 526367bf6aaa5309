package dev.fjord.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Outcome;
import dev.fjord.plan.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ApplyTextTest {
  private final List<String> lines = new ArrayList<>();
  private long millis;
  private final ApplyText text =
      new ApplyText(lines::add, () -> TimeUnit.MILLISECONDS.toNanos(millis));

  private final List<Change> changes = Plans.full().changes();

  @Test
  void an_apply_reads_well_in_a_log() {
    text.planned(Plans.full());
    text.started(changes.get(0));
    millis = 1400;
    text.ended(changes.get(0), done(changes.get(0), 1400));
    text.started(changes.get(1));
    text.ended(
        changes.get(1),
        new Outcome(
            changes.get(1).id(), Outcome.Status.FAILED, Plans.problem(), Duration.ofSeconds(65)));
    text.ended(
        changes.get(2),
        new Outcome(changes.get(2).id(), Outcome.Status.SKIPPED, null, Duration.ZERO));
    String id = PlanJson.id(Plans.full()).substring(0, 12);
    assertThat(lines)
        .containsExactly(
            "Plan "
                + id
                + ": 2 to create, 0 to start, 1 to restart, 1 to stop, 1 to remove;"
                + " 1 refused; 1 waiting; 1 problem",
            "    0.0 s [1/5] create image tiny ...",
            "    1.4 s [1/5] create image tiny ... done (1.4 s)",
            "    1.4 s [2/5] create instance linda ...",
            "    1.4 s [2/5] create instance linda ... FAILED (1 min 5 s)",
            "           partners/bob/bob.yaml:7:3: unknown field 'memry' [unknown-field]",
            "               spec has: image, kernel, memory",
            "               hint: Did you mean 'memory'?",
            "    1.4 s [3/5] restart instance bob ... skipped");
  }

  @Test
  void long_steps_tell_how_far_they_are_now_and_then() {
    text.planned(Plans.full());
    text.started(changes.get(0));
    for (millis = 0; millis < 10_000; millis += 100) {
      text.progress(changes.get(0), "copied " + millis);
    }
    assertThat(lines.stream().filter(line -> line.contains("copied")))
        .containsExactly(
            "    3.0 s [1/5] create image tiny ... copied 3000",
            "    6.0 s [1/5] create image tiny ... copied 6000",
            "    9.0 s [1/5] create image tiny ... copied 9000");
  }

  @Test
  void what_a_guest_printed_stays_on_one_line() {
    text.started(changes.get(0));
    millis = 5000;
    text.progress(changes.get(0), Plans.HOSTILE);
    assertThat(lines).hasSize(2).allSatisfy(Harmless::check);
  }

  private static Outcome done(Change change, long millis) {
    return new Outcome(change.id(), Outcome.Status.DONE, null, Duration.ofMillis(millis));
  }
}
