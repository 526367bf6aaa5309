package dev.fjord.planner.instance;

import static dev.fjord.planner.Edited.health;
import static dev.fjord.planner.Edited.power;
import static dev.fjord.planner.Edited.restart;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Ailment;
import dev.fjord.model.Ailment.Repair;
import dev.fjord.model.Ailment.Verdict;
import dev.fjord.model.Desired;
import dev.fjord.model.Health;
import dev.fjord.model.Instance;
import dev.fjord.model.Power;
import dev.fjord.model.RestartPolicy;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What plans do about instances that ail. */
class RecoveryTest {
  private static final Repair REPAIR =
      new Repair(Instant.EPOCH, Verdict.KERNEL_HUNG, "no answer on its mconsole");

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_machine_that_hangs_is_restarted_and_then_there_is_nothing_left_to_do() throws Exception {
    Desired desired = hung(instance("a", "linda"), Instant.EPOCH, 0);

    Plan plan = plan(desired);

    assertThat(plan.changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("restart/instance/a");
          assertThat(change.cause()).isEqualTo(Cause.RECOVERY);
          assertThat(change.disruption()).isEqualTo(Disruption.RESTART);
          assertThat(change.reason())
              .isEqualTo("its kernel hangs since 1970-01-01T00:00:00Z: no answer on its mconsole");
        });
    assertThat(plan.refused()).isEmpty();
    apply(desired);
    assertThat(plan(desired).changes()).isEmpty();
    assertThat(plan(desired).problems()).isEmpty();
  }

  @Test
  void before_its_time_it_waits_and_says_until_when() throws Exception {
    Plan plan = plan(hung(instance("a", "linda"), Instant.EPOCH.plusSeconds(90), 1));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.waiting())
        .singleElement()
        .satisfies(waiting -> {
          assertThat(waiting.until()).isEqualTo(Waiting.Until.BACKOFF);
          assertThat(waiting.summary())
              .isEqualTo(
                  "its kernel hangs; it is restarted from 1970-01-01T00:01:30Z on, if that lasts");
        });
    assertThat(plan.problems()).extracting(Problem::code).containsExactly("kernel-hung");
  }

  @Test
  void after_three_restarts_that_did_not_help_it_is_left_and_somebody_has_to_look()
      throws Exception {
    Plan plan = plan(hung(instance("a", "linda"), Instant.EPOCH, 3));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("flapping");
          assertThat(refusal.summary())
              .startsWith(
                  "instance a is no longer restarted: 3 restarts within an hour did not help")
              .contains("1970-01-01T00:00:00Z: its kernel hangs");
          assertThat(refusal.hint())
              .contains("fjord console a")
              .contains("A change of its document begins anew");
        });
  }

  @Test
  void a_change_of_its_document_is_made_whatever_it_ails_of() throws Exception {
    Instance a = instance("a", "linda");
    hung(a, Instant.EPOCH, 3);

    Plan plan = plan(site(a.withDisks(a.image(), List.of())));

    assertThat(plan.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.cause()).isEqualTo(Cause.INTENDED));
    assertThat(plan.refused()).isEmpty();
  }

  @Test
  void who_does_not_want_it_or_cannot_be_helped_by_it_is_told_of() throws Exception {
    Instance left = health(instance("a", "linda"), new Health(null, false));
    told(plan(hung(left, Instant.EPOCH, 0)));
    host.kill(name("a"));
    told(plan(hung(instance("a", "linda"), null, 0)));
  }

  private static void told(Plan plan) {
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.summary())
              .isEqualTo("instance a: its kernel hangs since 1970-01-01T00:00:00Z");
          assertThat(problem.detail()).isEqualTo("no answer on its mconsole");
          assertThat(problem.hint()).isEqualTo("See what it does: fjord console a");
        });
  }

  @Test
  void its_own_policy_says_when_it_may_be_restarted() throws Exception {
    Instance patient = restart(instance("a", "linda"), RestartPolicy.WINDOW);
    Plan plan = plan(hung(patient, Instant.EPOCH, 0));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.waiting()).extracting(Waiting::until).containsExactly(Waiting.Until.WINDOW);
  }

  @Test
  void one_that_is_to_be_stopped_is_stopped() throws Exception {
    Instance a = instance("a", "linda");
    hung(a, Instant.EPOCH, 0);
    assertThat(plan(site(power(a, Power.STOPPED))).changes())
        .extracting(Change::id)
        .containsExactly("stop/instance/a");
  }

  @Test
  void another_kernel_has_not_what_the_one_before_had() throws Exception {
    Desired desired = site(instance("a", "linda"));
    apply(desired);
    host.ail(name("a"), ailment(1, Instant.EPOCH, 0));
    assertThat(plan(desired).changes()).isEmpty();
  }

  private Desired hung(Instance instance, @Nullable Instant from, int repairs) throws Exception {
    Desired desired = site(instance);
    apply(desired);
    apply(desired);
    long pid = host.observe().instances().get(0).kernel().pid();
    host.ail(name("a"), ailment(pid, from, repairs));
    host.letPass(Duration.ofSeconds(60));
    return desired;
  }

  private static Ailment ailment(long pid, @Nullable Instant from, int repairs) {
    return new Ailment(
        Verdict.KERNEL_HUNG,
        Instant.EPOCH,
        pid,
        "no answer on its mconsole",
        from,
        Collections.nCopies(repairs, REPAIR));
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("2", 9));
  }

  private void apply(Desired desired) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan(desired), ApplyListener.NONE);
  }
}
