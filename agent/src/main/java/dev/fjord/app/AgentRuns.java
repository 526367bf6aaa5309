package dev.fjord.app;

import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step;
import dev.fjord.problem.ProblemException;
import dev.fjord.reconcile.MirrorRevisions;
import dev.fjord.reconcile.Revisions;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.ApplyText;
import dev.fjord.schedule.Agent;
import dev.fjord.schedule.ControlSocket;
import dev.fjord.schedule.ControlSocket.Planned;
import dev.fjord.source.Mirror;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's runs, and what its log says of them. The caller holds the run lock. */
final class AgentRuns {
  private static final Logger LOG = LoggerFactory.getLogger(AgentRuns.class);

  /** At a boot of the host the first run has enough to do. */
  private static final Duration FIRST_VERIFY = Duration.ofMinutes(1);

  private static final Duration AFTER_FAULT = Duration.ofHours(1);

  private final AgentSettings settings;
  private final AtomicReference<String> told = new AtomicReference<>("");
  private final Swollen swollen = new Swollen(System::gc);
  private final @Nullable String identity;

  /** Held by what uses the mirror and the host: a run, or a preview of one. */
  private final ReentrantLock turn = new ReentrantLock();

  private boolean packingFailed;
  private final RunLog log = new RunLog(LOG::info, LOG::warn);

  AgentRuns(AgentSettings settings) {
    this.settings = settings;
    this.identity = ProgramIdentity.of(settings);
  }

  void untilTold() {
    Agent agent = new Agent(settings.layout(), settings.poll());
    Duration interval = settings.watch();
    try (Mirror mirror = Mirror.open(settings, SignaturePolicies::read);
        Watching watching = interval == null ? null : Watching.of(settings, interval)) {
      Asked asked = new Asked(new MirrorRevisions(mirror));
      RestartOrders orders = new RestartOrders();
      ApplyListener changes = watching == null ? orders : watching.and(orders);
      try (Runs runs = new Runs(settings, asked, pace(agent), changes, true)) {
        agent.run(
            () ->
                inTurn(() -> {
                  RunResult result = run(runs, told, orders);
                  if (isToBePutBack(result) && !agent.isStopping()) {
                    log.tell(result);
                    result = run(runs, told, orders);
                  }
                  if (!result.failed()) {
                    told.set(""); // The same drift, when it comes back, is news.
                  }
                  log.tell(result);
                  if (watching != null) {
                    watching.look(result);
                  }
                  maintain(mirror);
                  swollen.after(result.plan() == null || !result.plan().isEmpty());
                  return asked.answered;
                }),
            checks(agent, watching),
            (names, caller, lines) -> restart(orders, names, caller, agent::poke, lines),
            (whose, how) -> plan(runs, whose, how));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean inTurn(BooleanSupplier run) {
    turn.lock();
    try {
      return run.getAsBoolean();
    } finally {
      turn.unlock();
    }
  }

  /** Answers one caller, who does not wait for the end of a run, which may take minutes. */
  private @Nullable Planned plan(Runs runs, String whose, String how) {
    if (!whose.equals(identity) || !turn.tryLock()) {
      return null;
    }
    try {
      return PlanForm.parse(how).of(runs.preview());
    } finally {
      turn.unlock();
    }
  }

  /** A guest that does not answer keeps no push waiting. */
  private static Runs.Pace pace(Agent agent) {
    return new Runs.Pace(agent::isStopping, agent::isHurried, agent::poke, agent::wasAsked);
  }

  private void maintain(Mirror mirror) {
    try {
      if (mirror.maintain()) {
        LOG.debug("packed the mirror");
      }
    } catch (ProblemException e) {
      if (!packingFailed) {
        LOG.warn("{}", e.getMessage(), e);
      }
      packingFailed = true;
    }
  }

  private Map<String, Agent.Check> checks(Agent agent, @Nullable Watching watching) {
    StoreChecks stores = new StoreChecks(settings);
    Agent.Check verify =
        new Agent.Check(FIRST_VERIFY, AFTER_FAULT, look -> stores.next(agent::isStopping, look));
    return watching == null
        ? Map.of("verify", verify)
        : Map.of("verify", verify, "watch", watching.check());
  }

  private static RunResult run(Runs runs, AtomicReference<String> told, RestartOrders orders) {
    try {
      ApplyText text = new ApplyText(LOG::info, System::nanoTime);
      RunResult result = runs.run(new OncePerPlan(text, told, runs::isKnown), orders.take());
      orders.settle(result);
      return result;
    } catch (RuntimeException | Error e) {
      orders.broke(e);
      throw e;
    }
  }

  /** Restarts machines for one caller, who waits; returns the exit code. */
  private static int restart(
      RestartOrders orders,
      List<ResourceName> names,
      ControlSocket.Caller caller,
      Runnable begin,
      ControlSocket.Lines lines) {
    LOG.info(
        "{} orders a restart of {}",
        caller.words(),
        names.stream().map(ResourceName::value).collect(Collectors.joining(", ")));
    List<RestartOrders.Answer> answers =
        orders.carryOut(names, caller.words(), Instant.now(), begin, lines::progress);
    answers.stream().flatMap(one -> RestartOrders.lines(one).stream()).forEach(lines::result);
    answers.stream()
        .filter(one -> one.end() != RestartOrders.End.DONE)
        .forEach(one -> LOG.warn("{}", RestartOrders.lines(one).get(0)));
    return RestartOrders.worst(answers).number();
  }

  /**
   * Whether a machine was moved to another version and is down now: it does not wait for the timer.
   */
  private static boolean isToBePutBack(RunResult result) {
    Set<String> failed =
        result.outcomes().stream()
            .filter(outcome -> outcome.status() == Outcome.Status.FAILED)
            .map(Outcome::change)
            .collect(Collectors.toSet());
    return result.plan() != null
        && result.plan().changes().stream()
            .filter(change -> failed.contains(change.id()))
            .anyMatch(change -> change.step() instanceof Step.RebaseInstance);
  }

  /** Notes whether the repository answered: an agent asks a server that does not less often. */
  private static final class Asked implements Revisions {
    private final Revisions revisions;
    private boolean answered;

    Asked(Revisions revisions) {
      this.revisions = revisions;
    }

    @Override
    public Choice choose() {
      Choice choice = revisions.choose();
      answered = choice.answered();
      return choice;
    }

    @Override
    public @Nullable Chosen lastInForce() {
      return revisions.lastInForce();
    }

    @Override
    public void inForce(Chosen chosen) {
      revisions.inForce(chosen);
    }
  }
}
