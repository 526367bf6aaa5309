package dev.fjord.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.FileSystemUse;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.plan.Plan;
import dev.fjord.plan.RememberedPlan;
import dev.fjord.plan.Target;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a plan is made anew for, and what it is not. */
class RememberedPlanTest {
  private static final FileSystemUse USE =
      new FileSystemUse(new ByteSize(40L << 30), new ByteSize((60L << 30) + (2 << 20)));

  private final Desired desired = Worlds.random(new Random(1));
  private final Target target = Worlds.target("r1", 0);
  private final Observed seen = new SimulatedHost(Worlds.LAYOUT).observe().with(USE);
  private final List<Observed> planned = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Problem> told = new ArrayList<>();
  private final RememberedPlan plans = new RememberedPlan(this::planOf);

  private Plan planOf(Desired of, List<Problem> found, Observed observed, Target target) {
    planned.add(observed);
    return new Plan(
        target.host(), target.revision(), List.of(), List.of(), waiting, List.of(), told);
  }

  private boolean isMadeAnew(Observed observed, Target target) {
    planned.clear();
    assertThat(plans.plan(desired, List.of(), observed, target).isEmpty()).isTrue();
    return !planned.isEmpty();
  }

  private Observed after(Duration time) {
    return seen.at(seen.at().plus(time));
  }

  @Test
  void what_is_as_it_was_is_not_planned_again() {
    assertThat(isMadeAnew(seen, target)).isTrue();
    assertThat(planned)
        .extracting(Observed::at)
        .containsExactly(seen.at(), seen.at().plus(RememberedPlan.LONGEST));
    assertThat(isMadeAnew(seen, target)).isFalse();
    assertThat(isMadeAnew(after(RememberedPlan.LONGEST), target)).isFalse();
  }

  @Test
  void it_is_planned_again_after_a_while_and_when_a_clock_was_set_back() {
    isMadeAnew(seen, target);
    assertThat(isMadeAnew(after(RememberedPlan.LONGEST.plusMillis(1)), target)).isTrue();
    assertThat(isMadeAnew(seen, target)).isTrue();
  }

  @Test
  void another_revision_or_order_is_planned_anew() {
    isMadeAnew(seen, target);
    assertThat(isMadeAnew(seen, Worlds.target("r2", 0))).isTrue();
    assertThat(isMadeAnew(seen, Worlds.target("r2", 1))).isTrue();
  }

  @Test
  void what_loading_told_is_in_the_plan() {
    isMadeAnew(seen, target);
    planned.clear();
    plans.plan(desired, List.of(Problem.of("odd", "something is odd")), seen, target);
    assertThat(planned).isNotEmpty();
  }

  @Test
  void use_of_the_disk_counts_in_the_steps_in_which_it_is_looked_at() {
    isMadeAnew(seen, target);
    assertThat(isMadeAnew(seen.with(use(4096, -4096)), target)).isFalse();
    assertThat(isMadeAnew(seen.with(use(1L << 30, -(1L << 30))), target)).isTrue();
  }

  private static FileSystemUse use(long more, long free) {
    return new FileSystemUse(
        new ByteSize(USE.used().bytes() + more), new ByteSize(USE.free().bytes() + free));
  }

  @Test
  void who_waits_may_have_to_wait_no_more() {
    waiting.add(
        new Waiting(
            Worlds.name("linda"), Owner.SITE, Waiting.Until.WINDOW, "a restart waits", List.of()));
    isMadeAnew(seen, target);
    assertThat(isMadeAnew(seen, target)).isTrue();
  }

  @Test
  void a_plan_that_will_be_another_one_is_not_remembered() {
    RememberedPlan later =
        new RememberedPlan((of, found, observed, target) -> {
          told.clear();
          told.add(Problem.of("time", observed.at().toString()));
          return planOf(of, found, observed, target);
        });
    later.plan(desired, List.of(), seen, target);
    planned.clear();
    later.plan(desired, List.of(), seen, target);
    assertThat(planned).isNotEmpty();
  }
}
