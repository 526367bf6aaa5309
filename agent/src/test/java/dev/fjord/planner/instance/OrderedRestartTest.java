package dev.fjord.planner.instance;

import static dev.fjord.planner.Edited.memory;
import static dev.fjord.planner.Edited.power;
import static dev.fjord.planner.Edited.restart;
import static dev.fjord.planner.PlannerTest.held;
import static dev.fjord.planner.Worlds.SLART;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.Power;
import dev.fjord.model.RestartOrder;
import dev.fjord.model.RestartPolicy;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.DocumentMoves;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.OrderedRestart;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Target;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a plan makes of orders to restart machines. */
class OrderedRestartTest {
  private static final Instant AT = Instant.parse("2026-11-30T10:00:00Z");
  private static final String WHO = "linda ordered it at 2026-11-30T10:00:00Z ('fjord restart')";

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void one_that_runs_as_it_should_is_restarted_and_nothing_else_is_done() throws Exception {
    Desired desired =
        site(restart(instance("a", "linda"), RestartPolicy.WINDOW), instance("b", ""));
    apply(desired);

    Plan plan = plan(desired, "a");

    assertThat(plan.changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("restart/instance/a");
          assertThat(change.cause()).isEqualTo(Cause.INTENDED);
          assertThat(change.disruption()).isEqualTo(Disruption.RESTART);
          assertThat(change.reason()).isEqualTo(WHO);
        });
    assertThat(refusal(plan, "a")).isNull();
    apply(plan);
    assertThat(plan(desired).changes()).isEmpty();
  }

  @Test
  void what_waits_for_a_window_or_a_start_comes_with_it() throws Exception {
    for (RestartPolicy policy : List.of(RestartPolicy.WINDOW, RestartPolicy.NEXT_START)) {
      String name = policy == RestartPolicy.WINDOW ? "a" : "b";
      apply(site(restart(instance(name, "linda"), policy)));
      Desired larger = site(restart(memory(instance(name, "linda"), 256), policy));
      assertThat(plan(larger).waiting()).as("%s", policy).hasSize(1);

      Plan plan = plan(larger, name);

      assertThat(plan.waiting()).as("%s", policy).isEmpty();
      assertThat(plan.changes())
          .as("%s", policy)
          .singleElement()
          .satisfies(change -> {
            assertThat(change.reason()).startsWith(WHO + "; its document changed: memory");
            assertThat(change.fields())
                .containsExactly(new FieldChange("memory", "128MiB", "256MiB"));
          });
      apply(plan);
      assertThat(plan(larger).waiting()).as("%s", policy).isEmpty();
    }
  }

  @Test
  void one_whose_owner_is_held_starts_again_as_it_stands() throws Exception {
    apply(site(instance("a", "linda")));
    Desired held = held(site(), Owner.partner(name("linda")));

    Plan plan = plan(held, "a");

    assertThat(plan.changes()).extracting(Change::id).containsExactly("restart/instance/a");
  }

  @Test
  void whatever_cannot_be_restarted_is_refused_with_the_reason() throws Exception {
    Desired desired =
        site(
            power(instance("stopped", ""), Power.STOPPED),
            power(instance("paused", ""), Power.PAUSED),
            instance("well", ""));
    apply(desired);

    Plan plan = plan(desired, "stopped", "paused", "lnda");

    assertThat(plan.changes()).isEmpty();
    assertThat(refusal(plan, "stopped").summary())
        .isEqualTo("instance stopped is not restarted: it is stopped, as its document says");
    assertThat(refusal(plan, "paused").summary())
        .isEqualTo("instance paused is not restarted: it is paused");
    assertThat(refusal(plan, "lnda").summary()).isEqualTo("there is no instance lnda on this host");
    assertThat(refusal(plan, "lnda").hint())
        .isEqualTo("'fjord status' lists those that there are.");
    assertThat(refusal(plan, "wel").hint()).isEqualTo("did you mean 'well'?");
  }

  @Test
  void one_that_is_down_is_started_and_one_that_leaves_is_removed() throws Exception {
    apply(site(instance("down", ""), instance("leaves", "")));
    host.kill(name("down"));

    Plan plan = plan(site(instance("down", "")), "down", "leaves");

    assertThat(plan.changes()).extracting(Change::id).contains("start/instance/down");
    assertThat(plan.changes()).noneMatch(change -> change.action() == Action.RESTART);
    assertThat(refusal(plan, "down").summary())
        .startsWith(
            "instance down is not restarted: this run has something else in hand for it,"
                + " start: its kernel");
    assertThat(refusal(plan, "leaves").summary())
        .startsWith(
            "instance leaves is not restarted: this run has something else in hand for it,"
                + " delete: ");
  }

  private Plan plan(Desired desired, String... orders) {
    return Planner.plan(
        desired,
        List.of(),
        host.observe(),
        new Target(
            SLART,
            "2",
            2,
            null,
            DocumentMoves.UNKNOWN,
            Stream.of(orders).map(this::order).toList()));
  }

  private RestartOrder order(String instance) {
    return new RestartOrder(name(instance), "linda", AT);
  }

  private OrderedRestart.Refused refusal(Plan plan, String instance) {
    Observed seen = host.observe();
    return OrderedRestarts.in(plan, seen, order(instance)).refused();
  }

  private void apply(Desired desired) throws InterruptedException {
    apply(plan(desired));
  }

  private void apply(Plan plan) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
  }
}
