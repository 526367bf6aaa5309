package dev.fjord.apply;

import dev.fjord.host.HostPort;
import dev.fjord.model.RebaseReport;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks plans on one host. A change runs as soon as all that it requires was done and all that it
 * follows has ended; what requires a failed one is skipped and says so. Everything else goes on.
 */
public final class Applier {
  private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

  private final HostPort host;
  private final ExecutorService threads;
  private final BooleanSupplier stopping;

  /**
   * An applier.
   *
   * @param threads as many as changes may run side by side
   * @param stopping once true, no further change is begun
   */
  public Applier(HostPort host, ExecutorService threads, BooleanSupplier stopping) {
    this.host = host;
    this.threads = threads;
    this.stopping = stopping;
  }

  /** Applies a plan to its end; what failed is in the outcomes, in the order of the plan. */
  public List<Outcome> apply(Plan plan, ApplyListener listener) throws InterruptedException {
    Walk walk = new Walk(plan, listener);
    walk.tell(() -> listener.planned(plan));
    walk.run();
    return plan.changes().stream().map(change -> walk.outcomes.get(change.id())).toList();
  }

  /** What one step tells, kept for its outcome. */
  private static final class Notes implements HostPort.Progress {
    private final Consumer<String> messages;
    private volatile @Nullable RebaseReport rebase;
    private volatile @Nullable Problem left;

    Notes(Consumer<String> messages) {
      this.messages = messages;
    }

    @Override
    public void report(String message) {
      messages.accept(message);
    }

    @Override
    public void rebased(RebaseReport found) {
      rebase = found;
    }

    @Override
    public void leave(Problem problem) {
      left = problem;
    }
  }

  private record Ended(Change change, Outcome outcome) {}

  /** One walk over one plan, on the caller's thread; only {@link #perform} runs on others. */
  private final class Walk {
    private final ApplyListener listener;
    private final Map<String, Change> open = new LinkedHashMap<>();
    private final Map<String, Outcome> outcomes = new HashMap<>();
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private final Set<String> running = new HashSet<>();
    private final Set<String> ids = new HashSet<>();

    Walk(Plan plan, ApplyListener listener) {
      this.listener = listener;
      plan.changes().forEach(change -> open.put(change.id(), change));
      ids.addAll(open.keySet());
    }

    void run() throws InterruptedException {
      while (!open.isEmpty() || !running.isEmpty()) {
        begin();
        if (!running.isEmpty()) {
          Ended one = ended.take();
          running.remove(one.change().id());
          end(one.change(), one.outcome());
        }
      }
    }

    private void begin() {
      boolean moved = true;
      while (moved) {
        moved = false;
        for (Change change : new ArrayList<>(open.values())) {
          Problem hindrance = hindrance(change);
          if (hindrance != null) {
            open.remove(change.id());
            Outcome skipped =
                new Outcome(change.id(), Outcome.Status.SKIPPED, hindrance, Duration.ZERO);
            end(change, skipped);
            moved = true;
          } else if (isDue(change)) {
            open.remove(change.id());
            running.add(change.id());
            threads.execute(() -> ended.add(new Ended(change, perform(change))));
          }
        }
      }
    }

    private @Nullable Problem hindrance(Change change) {
      if (stopping.getAsBoolean()) {
        return Problem.of("stopping", "the agent is stopping; the next run goes on from here");
      }
      for (String id : change.requires()) {
        Outcome outcome = outcomes.get(id);
        if (outcome != null && outcome.status() != Outcome.Status.DONE) {
          return Problem.of("requirement-failed", "it requires " + id + ", which was not done");
        }
      }
      return null;
    }

    private boolean isDue(Change change) {
      return isOver(change.requires()) && isOver(change.follows());
    }

    private boolean isOver(List<String> before) {
      return before.stream().allMatch(id -> outcomes.containsKey(id) || !ids.contains(id));
    }

    private void end(Change change, Outcome outcome) {
      outcomes.put(change.id(), outcome);
      tell(() -> listener.ended(change, outcome));
    }

    private Outcome perform(Change change) {
      long from = System.nanoTime();
      Problem problem = null;
      Notes notes = new Notes(message -> tell(() -> listener.progress(change, message)));
      try {
        tell(() -> listener.started(change));
        host.perform(change.step(), notes);
      } catch (ProblemException e) {
        problem = e.problem();
      } catch (RuntimeException | Error e) {
        LOG.error("{} broke", change.id(), e);
        problem =
            Problem.of("internal-error", change.id() + " broke: " + e)
                .hint("This is a fault of fjord; its log has the details.");
      }
      Duration took = Duration.ofNanos(System.nanoTime() - from);
      Outcome.Status status = problem == null ? Outcome.Status.DONE : Outcome.Status.FAILED;
      return new Outcome(
          change.id(), status, problem == null ? notes.left : problem, took, notes.rebase);
    }

    private void tell(Runnable message) {
      try {
        message.run();
      } catch (RuntimeException e) {
        LOG.warn("a listener failed", e);
      }
    }
  }
}
