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
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks plans on one host. A change runs as soon as all that it requires was done and all that it
 * follows has ended; a change that requires a failed one is skipped and reported as such.
 * Everything else goes on.
 *
 * <p>Once a caller waits for the end of a walk, the walk no longer waits for guests to answer.
 * Changes that only wait for a guest are left under way, and what follows them is left to the next
 * plan.
 */
public final class Applier {
  private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

  /**
   * Changes mostly wait: for a disk, for a program. Those that wait for a guest are not counted.
   */
  private static final int MOST_AT_ONCE = 64;

  /** How soon a walk that waits for guests alone notices that a caller waits for it. */
  private static final long LOOK_MILLIS = 100;

  private final HostPort host;
  private final ExecutorService threads;
  private final IntentJournal journal;
  private final BooleanSupplier stopping;
  private final BooleanSupplier hurried;
  private final Runnable late;

  /**
   * An applier whose walks wait for everything.
   *
   * @param threads for changes; as many as there may be
   * @param stopping once true, no further change is begun
   */
  public Applier(HostPort host, ExecutorService threads, BooleanSupplier stopping) {
    this(host, threads, IntentJournal.NONE, stopping, () -> false, () -> {});
  }

  /**
   * An applier.
   *
   * @param threads for changes; as many as there may be
   * @param journal gets each change before it begins
   * @param stopping once true, no further change is begun
   * @param hurried once true, a walk waits for no guest
   * @param late called at the end of a change that a walk did not wait for
   */
  public Applier(
      HostPort host,
      ExecutorService threads,
      IntentJournal journal,
      BooleanSupplier stopping,
      BooleanSupplier hurried,
      Runnable late) {
    this.host = host;
    this.threads = threads;
    this.journal = journal;
    this.stopping = stopping;
    this.hurried = hurried;
    this.late = late;
  }

  /** Applies a plan to its end; what failed is in the outcomes, in the order of the plan. */
  public List<Outcome> apply(Plan plan, ApplyListener listener) throws InterruptedException {
    Walk walk = new Walk(plan, listener);
    walk.tell(() -> listener.planned(plan));
    walk.run();
    return plan.changes().stream().map(change -> walk.outcomes.get(change.id())).toList();
  }

  /** What one step reports, kept for its outcome. */
  private static final class Notes implements HostPort.Progress {
    private final Consumer<String> messages;
    private final Runnable awaiting;
    private volatile @Nullable RebaseReport rebase;
    private volatile @Nullable Problem left;

    Notes(Consumer<String> messages, Runnable awaiting) {
      this.messages = messages;
      this.awaiting = awaiting;
    }

    @Override
    public void awaiting() {
      awaiting.run();
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
      Problem before = left; // Only the thread that does the step writes it.
      left = before == null ? problem : both(before, problem);
    }
  }

  /** The second problem is reported below the first. */
  private static Problem both(Problem first, Problem second) {
    return first.detail(
        Stream.of(first.detail(), second.summary(), second.detail())
            .filter(Objects::nonNull)
            .collect(Collectors.joining("\n")));
  }

  /**
   * News of a change.
   *
   * @param outcome null when it only waits for a guest from now on
   */
  private record Event(Change change, @Nullable Outcome outcome) {}

  /** One walk over one plan, on the caller's thread; only {@link #perform} runs on others. */
  private final class Walk {
    private final ApplyListener listener;
    private final IntentJournal.Run intents;
    private final Map<String, Change> open = new LinkedHashMap<>();
    private final Map<String, Outcome> outcomes = new HashMap<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<String, Change> running = new LinkedHashMap<>();
    private final Set<String> awaiting = new HashSet<>();
    private final Set<String> ids = new HashSet<>();
    private boolean isOver;

    /** Why no further change begins; null while intents can be written. */
    private @Nullable Problem unwritable;

    Walk(Plan plan, ApplyListener listener) {
      this.listener = listener;
      this.intents = journal.begin(plan);
      plan.changes().forEach(change -> open.put(change.id(), change));
      ids.addAll(open.keySet());
    }

    void run() throws InterruptedException {
      begin();
      while (!running.isEmpty()) {
        take(events.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        begin();
        if (hurried.getAsBoolean() && awaiting.containsAll(running.keySet())) {
          leave();
        }
      }
    }

    private void take(@Nullable Event event) {
      if (event == null) {
        return;
      }
      String id = event.change().id();
      if (event.outcome() == null) {
        awaiting.add(id);
      } else {
        running.remove(id);
        awaiting.remove(id);
        end(event.change(), event.outcome());
      }
    }

    /** Ends the walk, and leaves what runs under way. */
    private void leave() {
      synchronized (this) { // From here on, each change reports its own end.
        if (!events.isEmpty()) {
          return;
        }
        isOver = true;
      }
      for (Change change : running.values()) {
        end(change, new Outcome(change.id(), Outcome.Status.UNDER_WAY, null, Duration.ZERO));
      }
      running.clear();
      for (Change change : open.values()) {
        skip(
            change,
            Problem.of(
                "start-under-way",
                "it comes after a start that is still under way; a later run goes on from here"));
      }
      open.clear();
    }

    private void report(Change change, @Nullable Outcome outcome) {
      synchronized (this) {
        if (!isOver) {
          events.add(new Event(change, outcome));
          return;
        }
      }
      if (outcome != null) {
        told(change, outcome);
        tell(late);
      }
    }

    private void begin() {
      boolean moved = true;
      while (moved) {
        moved = false;
        List<Change> due = new ArrayList<>();
        for (Change change : new ArrayList<>(open.values())) {
          Problem hindrance = hindrance(change);
          if (hindrance != null) {
            open.remove(change.id());
            skip(change, hindrance);
            moved = true;
          } else if (isDue(change)
              && running.size() - awaiting.size() + due.size() < MOST_AT_ONCE) {
            due.add(change);
          }
        }
        moved |= !due.isEmpty() && !begin(due);
      }
    }

    /** Changes that begin together share one write to the disk; false when none may begin. */
    private boolean begin(List<Change> due) {
      try {
        intents.intend(due);
      } catch (ProblemException e) {
        unwritable = e.problem();
        return false;
      }
      for (Change change : due) {
        open.remove(change.id());
        running.put(change.id(), change);
        threads.execute(() -> report(change, perform(change)));
      }
      return true;
    }

    private void skip(Change change, Problem why) {
      end(change, new Outcome(change.id(), Outcome.Status.SKIPPED, why, Duration.ZERO));
    }

    private @Nullable Problem hindrance(Change change) {
      if (stopping.getAsBoolean()) {
        return Problem.of("stopping", "the agent is stopping; the next run goes on from here");
      }
      if (unwritable != null) {
        return unwritable;
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
      return haveEnded(change.requires()) && haveEnded(change.follows());
    }

    private boolean haveEnded(List<String> before) {
      return before.stream().allMatch(id -> outcomes.containsKey(id) || !ids.contains(id));
    }

    private void end(Change change, Outcome outcome) {
      outcomes.put(change.id(), outcome);
      told(change, outcome);
    }

    private void told(Change change, Outcome outcome) {
      tell(() -> intents.ended(change, outcome));
      tell(() -> listener.ended(change, outcome));
    }

    private Outcome perform(Change change) {
      long from = System.nanoTime();
      Problem problem = null;
      Notes notes =
          new Notes(
              message -> tell(() -> listener.progress(change, message)),
              () -> report(change, null));
      try {
        tell(() -> listener.started(change));
        host.perform(change.step(), notes);
      } catch (ProblemException e) {
        problem = notes.left == null ? e.problem() : both(e.problem(), notes.left);
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
