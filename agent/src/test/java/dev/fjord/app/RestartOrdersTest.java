package dev.fjord.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.app.RestartOrders.Answer;
import dev.fjord.app.RestartOrders.End;
import dev.fjord.apply.Outcome;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartOrder;
import dev.fjord.plan.Change;
import dev.fjord.plan.OrderedRestart;
import dev.fjord.planner.instance.OrderedRestarts;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Plans;
import dev.fjord.report.Results;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RestartOrdersTest {
  private static final ResourceName BOB = new ResourceName("bob");
  private final RestartOrders orders = new RestartOrders();
  private final List<String> told = new ArrayList<>();

  @Test
  void one_run_takes_an_order_and_no_other_does() {
    List<Answer> answers =
        order(() -> {
          assertThat(orders.take()).extracting(RestartOrder::instance).containsExactly(BOB);
          assertThat(orders.take()).isEmpty();
          orders.settle(result(Outcome.Status.DONE));
        });
    assertThat(answers).containsExactly(new Answer(BOB, End.DONE, null));
    assertThat(RestartOrders.worst(answers)).isEqualTo(End.DONE);
    assertThat(RestartOrders.lines(answers.get(0))).containsExactly("instance bob was restarted");
    assertThat(orders.take()).isEmpty();
  }

  @Test
  void a_second_order_waits_for_the_restart_of_the_first() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    CompletableFuture<List<Answer>> first =
        CompletableFuture.supplyAsync(() -> order(both::countDown));
    CompletableFuture<List<Answer>> second =
        CompletableFuture.supplyAsync(() -> order(both::countDown));
    both.await();
    assertThat(orders.take()).hasSize(1);
    assertThat(first).isNotDone();
    orders.settle(result(Outcome.Status.DONE));
    assertThat(first.get()).isEqualTo(second.get());
    assertThat(orders.take()).isEmpty();
  }

  @Test
  void a_guest_that_a_run_does_not_wait_for_is_waited_for_all_the_same() {
    Change restart = restart();
    List<Answer> answers =
        order(() -> {
          orders.take();
          orders.settle(result(Outcome.Status.UNDER_WAY));
          orders.take();
          orders.settle(Results.of(Plans.empty(), true)); // The next run, which has no such order.
          orders.ended(
              restart,
              new Outcome(
                  restart.id(),
                  Outcome.Status.FAILED,
                  Problem.of("start-failed", "instance bob did not answer").hint("Look at it."),
                  Duration.ZERO));
        });
    assertThat(answers).extracting(Answer::end).containsExactly(End.FAILED);
    assertThat(RestartOrders.lines(answers.get(0)))
        .containsExactly("instance bob did not answer", "    next: Look at it.");
    assertThat(RestartOrders.worst(answers)).isEqualTo(End.FAILED);
  }

  @Test
  void a_run_that_breaks_or_has_no_plan_forgets_the_order_and_says_so() {
    List<Answer> broken =
        order(() -> {
          orders.take();
          orders.broke(new IllegalStateException("no memory"));
        });
    assertThat(RestartOrders.lines(broken.get(0)))
        .containsExactly(
            "instance bob is not restarted: the run did not come to that",
            "    no memory",
            "    next: 'fjord status' says what is wrong. Nothing restarts it later: order it"
                + " again.");
    List<Answer> blind =
        order(() -> {
          orders.take();
          orders.settle(Results.of(Plans.empty(), false));
        });
    assertThat(blind).extracting(Answer::end).containsExactly(End.FAILED);
    assertThat(orders.take()).isEmpty();
  }

  @Test
  void a_name_that_is_nobodys_is_answered_with_the_nearest() {
    RunResult seen = Results.of(Plans.empty(), true);
    String known = seen.observed().instances().get(0).name().value();
    ResourceName wrong = new ResourceName(known + "x");
    List<Answer> answers =
        orders.carryOut(
            List.of(wrong),
            "root",
            Instant.EPOCH,
            () -> {
              List<RestartOrder> taken = orders.take();
              OrderedRestart refused =
                  OrderedRestarts.in(seen.plan(), seen.observed(), taken.get(0));
              orders.settle(with(seen, List.of(), refused));
            },
            told::add);
    assertThat(RestartOrders.lines(answers.get(0)))
        .containsExactly(
            "there is no instance " + wrong + " on this host",
            "    next: did you mean '" + known + "'?");
    assertThat(RestartOrders.worst(answers)).isEqualTo(End.REFUSED);
  }

  private List<Answer> order(Runnable begin) {
    return orders.carryOut(List.of(BOB), "root", Instant.EPOCH, begin, told::add);
  }

  private static Change restart() {
    return Plans.full().changes().stream()
        .filter(change -> change.id().equals(OrderedRestart.change(BOB)))
        .findFirst()
        .orElseThrow();
  }

  private static RunResult result(Outcome.Status status) {
    return with(
        Results.of(Plans.empty(), true),
        List.of(new Outcome(OrderedRestart.change(BOB), status, null, Duration.ZERO)),
        new OrderedRestart(new RestartOrder(BOB, "root", Instant.EPOCH), null));
  }

  private static RunResult with(RunResult of, List<Outcome> outcomes, OrderedRestart restart) {
    return new RunResult(
        of.host(),
        of.desiredRevision(),
        of.revision(),
        of.desired(),
        of.plan(),
        outcomes,
        of.observed(),
        of.silent(),
        of.converged(),
        of.problems(),
        of.started(),
        of.took(),
        List.of(restart));
  }
}
