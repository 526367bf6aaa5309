package dev.fjord.app;

import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartOrder;
import dev.fjord.plan.Change;
import dev.fjord.plan.OrderedRestart;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.ApplyText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Orders to restart machines, from when they are given until it is known what came of them. Only
 * one run takes an order. Orders are in memory alone, so an agent that ends forgets them. A caller
 * that orders a restart that is ordered already waits for the same restart. Safe for use by many
 * threads.
 */
final class RestartOrders implements ApplyListener {
  private final Map<ResourceName, Open> open = new TreeMap<>();

  /** How an order ended. */
  enum End {
    DONE(0),
    REFUSED(4),
    FAILED(5);

    private final int number;

    End(int number) {
      this.number = number;
    }

    /** As an agent answers it on its control socket, and a command exits with it. */
    int number() {
      return number;
    }
  }

  /**
   * What came of an order.
   *
   * @param problem why it was not done; of one that was done, what it leaves; null for none
   */
  record Answer(ResourceName instance, End end, @Nullable Problem problem) {}

  /** An order that has not ended. */
  private static final class Open {
    private final RestartOrder order;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private boolean taken;

    /** Its guest has not answered yet, and no run waits for it. */
    private boolean waits;

    Open(RestartOrder order) {
      this.order = order;
    }

    void end(End end, @Nullable Problem problem) {
      answer.complete(new Answer(order.instance(), end, problem));
    }
  }

  private final List<Progress> told = new CopyOnWriteArrayList<>();

  /** What one caller is shown as it goes on: only the machines that this caller asked for. */
  private record Progress(List<ResourceName> names, ApplyText text) {
    boolean concerns(Change change) {
      return names.stream().anyMatch(name -> change.id().equals(OrderedRestart.change(name)));
    }
  }

  /**
   * Gives orders, and waits until all of them have ended.
   *
   * @param begin makes a run begin, after the orders are given
   * @param lines gets lines on how it goes on
   * @return in the order of {@code names}
   */
  List<Answer> carryOut(
      List<ResourceName> names, String by, Instant at, Runnable begin, Consumer<String> lines) {
    Progress progress = new Progress(names, new ApplyText(lines, System::nanoTime));
    told.add(progress);
    try {
      List<Open> orders = names.stream().distinct().map(name -> order(name, by, at)).toList();
      begin.run();
      return orders.stream().map(one -> one.answer.join()).toList();
    } finally {
      told.remove(progress);
    }
  }

  private synchronized Open order(ResourceName name, String by, Instant at) {
    return open.computeIfAbsent(name, one -> new Open(new RestartOrder(one, by, at)));
  }

  /** Takes the open orders for the run that begins now. */
  synchronized List<RestartOrder> take() {
    List<Open> taken = open.values().stream().filter(one -> !one.taken).toList();
    taken.forEach(one -> one.taken = true);
    return taken.stream().map(one -> one.order).toList();
  }

  /**
   * Notes what the run that took orders made of them. Those whose guests have not answered yet stay
   * open.
   */
  synchronized void settle(RunResult result) {
    for (OrderedRestart restart : result.restarts()) {
      OrderedRestart.Refused refused = restart.refused();
      if (refused != null) {
        Problem why = Problem.of("restart-refused", refused.summary()).hint(refused.hint());
        end(restart.order().instance(), End.REFUSED, why);
        continue;
      }
      result.outcomes().stream()
          .filter(one -> one.change().equals(OrderedRestart.change(restart.order().instance())))
          .forEach(outcome -> note(restart.order().instance(), outcome));
    }
    List<ResourceName> considered =
        result.restarts().stream().map(one -> one.order().instance()).toList();
    for (Open one : List.copyOf(open.values())) {
      if (one.taken && !considered.contains(one.order.instance()) && !one.waits) {
        end(one.order.instance(), End.FAILED, unplanned(one.order, result.problems()));
      }
    }
  }

  /** The run that took orders has no result. */
  synchronized void broke(Throwable why) {
    for (Open one : List.copyOf(open.values())) {
      if (one.taken && !one.waits) {
        Problem cause = Problem.of("run-broke", String.valueOf(why.getMessage()));
        end(one.order.instance(), End.FAILED, unplanned(one.order, List.of(cause)));
      }
    }
  }

  private static Problem unplanned(RestartOrder order, List<Problem> problems) {
    Problem problem =
        Problem.of(
            "restart-failed",
            "instance " + order.instance() + " is not restarted: the run did not come to that");
    return (problems.isEmpty() ? problem : problem.detail(problems.get(0).summary()))
        .hint("'fjord status' says what is wrong. Nothing restarts it later: order it again.");
  }

  /** Called twice where no run waited for the guest; the second time counts. */
  private void note(ResourceName name, Outcome outcome) {
    switch (outcome.status()) {
      case DONE -> end(name, End.DONE, outcome.problem());
      case FAILED, SKIPPED -> end(name, End.FAILED, outcome.problem());
      case UNDER_WAY -> {
        Open one = open.get(name);
        if (one != null) {
          one.waits = true;
        }
      }
    }
  }

  private void end(ResourceName name, End end, @Nullable Problem problem) {
    Open one = open.remove(name);
    if (one != null) {
      one.end(end, problem);
    }
  }

  @Override
  public void planned(Plan plan) {
    for (Progress one : told) {
      List<Change> concerned = plan.changes().stream().filter(one::concerns).toList();
      one.text()
          .planned(
              new Plan(
                  plan.host(),
                  plan.revision(),
                  concerned,
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of()));
    }
  }

  @Override
  public void started(Change change) {
    concerned(change).forEach(one -> one.text().started(change));
  }

  @Override
  public void progress(Change change, String message) {
    concerned(change).forEach(one -> one.text().progress(change, message));
  }

  @Override
  public void ended(Change change, Outcome outcome) {
    concerned(change).forEach(one -> one.text().ended(change, outcome));
    synchronized (this) {
      new ArrayList<>(open.values())
          .stream()
              .filter(one -> one.taken)
              .map(one -> one.order.instance())
              .filter(name -> change.id().equals(OrderedRestart.change(name)))
              .forEach(name -> note(name, outcome));
    }
  }

  private Collection<Progress> concerned(Change change) {
    return told.stream().filter(one -> one.concerns(change)).toList();
  }

  /** What a caller reads in the end, a line or more for each. */
  static List<String> lines(Answer answer) {
    Problem problem = answer.problem();
    List<String> lines = new ArrayList<>();
    if (answer.end() == End.DONE) {
      lines.add("instance " + answer.instance() + " was restarted");
    } else {
      lines.add(
          problem == null
              ? "instance " + answer.instance() + " could not be restarted"
              : Printable.line(problem.summary()));
    }
    if (problem != null && answer.end() != End.DONE) {
      if (problem.detail() != null) {
        problem.detail().lines().map(line -> "    " + Printable.line(line)).forEach(lines::add);
      }
      if (problem.hint() != null) {
        lines.add("    next: " + Printable.line(problem.hint()));
      }
    }
    return lines;
  }

  /** The worst end of all of them. */
  static End worst(List<Answer> answers) {
    if (answers.stream().anyMatch(one -> one.end() == End.FAILED)) {
      return End.FAILED;
    }
    return answers.stream().anyMatch(one -> one.end() == End.REFUSED) ? End.REFUSED : End.DONE;
  }
}
