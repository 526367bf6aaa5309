package dev.fjord.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Outcome;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Somebody takes linda's port away, and fjord makes it again. */
class RecurrencesTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final Recurrences recurrences = new Recurrences();
  private Instant now = BEGIN;

  @Test
  void twice_is_no_fight_three_times_are() {
    run(Duration.ofMinutes(1), mended());
    run(Duration.ofMinutes(1), mended());
    assertThat(recurrences.problems()).isEmpty();
    assertThat(recurrences.isKnown(plan(mended()))).isFalse();
    run(Duration.ofMinutes(1), mended());
    assertThat(recurrences.problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.code()).isEqualTo("flapping");
          assertThat(problem.summary())
              .isEqualTo(
                  "'update/port/linda' is needed again and again since 2026-01-01T00:01:00Z:"
                      + " something undoes it");
          assertThat(problem.detail()).isEqualTo("its port is gone (up)");
          assertThat(problem.hint()).contains("NetworkManager").contains("'ip monitor link'");
        });
    assertThat(recurrences.isKnown(plan(mended()))).isTrue();
  }

  @Test
  void it_is_told_in_the_same_words_for_as_long_as_it_lasts() {
    run(Duration.ofMinutes(1), mended(), mended(), mended());
    var first = recurrences.problems();
    run(Duration.ofMinutes(1), mended(), mended());
    assertThat(recurrences.problems()).isEqualTo(first);
  }

  @Test
  void runs_between_which_nothing_was_wrong_count_within_ten_minutes() {
    run(Duration.ofMinutes(1), mended(), null, mended(), null, null, mended());
    assertThat(recurrences.problems()).hasSize(1);
  }

  @Test
  void rare_drift_is_no_fight_but_runs_on_end_are() {
    run(Duration.ofMinutes(4), mended(), null, mended(), null, null, mended());
    assertThat(recurrences.problems()).isEmpty();
    run(Duration.ofHours(1), mended(), mended(), mended());
    assertThat(recurrences.problems()).hasSize(1);
  }

  @Test
  void it_is_over_when_nothing_was_wrong_for_ten_minutes() {
    run(Duration.ofMinutes(1), mended(), mended(), mended());
    run(Duration.ofMinutes(11), (Change) null);
    assertThat(recurrences.problems()).isEmpty();
    run(Duration.ofMinutes(1), mended());
    assertThat(recurrences.problems()).isEmpty();
  }

  @Test
  void what_was_asked_for_or_failed_or_is_another_change_is_something_else() {
    run(Duration.ofMinutes(1), change(Cause.INTENDED, "linda"), change(Cause.INTENDED, "linda"));
    run(Duration.ofMinutes(1), change(Cause.INTENDED, "linda"));
    for (int i = 0; i < 5; i++) {
      recurrences.note(plan(mended()), List.of(outcome(Outcome.Status.FAILED)), now);
    }
    assertThat(recurrences.problems()).isEmpty();
    run(Duration.ofMinutes(1), mended(), mended(), mended());
    assertThat(recurrences.isKnown(plan(mended(), change(Cause.CORRECTIVE, "bob")))).isFalse();
    assertThat(recurrences.isKnown(plan())).isFalse();
  }

  @Test
  void what_is_put_right_to_something_else_each_time_is_no_fight() {
    for (String tap : List.of("tap-a", "tap-b", "tap-c", "tap-d")) {
      run(Duration.ofMinutes(1), change(Cause.CORRECTIVE, "linda", tap));
    }
    assertThat(recurrences.problems()).isEmpty();
  }

  private void run(Duration apart, Change... changes) {
    for (Change change : changes) {
      now = now.plus(apart);
      recurrences.note(
          change == null ? plan() : plan(change),
          change == null ? List.of() : List.of(outcome(Outcome.Status.DONE)),
          now);
    }
  }

  private static Outcome outcome(Outcome.Status status) {
    return new Outcome("update/port/linda", status, null, Duration.ZERO);
  }

  private static Plan plan(Change... changes) {
    return new Plan(
        new ResourceName("slart"),
        "1",
        Stream.of(changes).toList(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private static Change mended() {
    return change(Cause.CORRECTIVE, "linda");
  }

  private static Change change(Cause cause, String name) {
    return change(cause, name, "tap-" + name);
  }

  private static Change change(Cause cause, String name, String tap) {
    return new Change(
        Change.id(Action.UPDATE, Kind.PORT, name),
        Action.UPDATE,
        Kind.PORT,
        new ResourceName(name),
        Owner.SITE,
        cause,
        "its port is gone",
        Disruption.NONE,
        List.of(new FieldChange("up", "no", "yes")),
        List.of(),
        List.of(),
        new Step.RemovePort(new InterfaceName(tap)));
  }
}
