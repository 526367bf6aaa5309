package dev.fjord.reconcile;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.IntentJournal;
import dev.fjord.apply.Outcome;
import dev.fjord.host.HostPort;
import dev.fjord.load.Loader;
import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartOrder;
import dev.fjord.plan.OrderedRestart;
import dev.fjord.plan.Plan;
import dev.fjord.plan.PriorRevision;
import dev.fjord.plan.RememberedPlan;
import dev.fjord.plan.Step.Version;
import dev.fjord.plan.Target;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.Planner;
import dev.fjord.planner.instance.OrderedRestarts;
import dev.fjord.planner.store.UnusedVersion;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.DesiredStates.InForce;
import dev.fjord.reconcile.Revisions.Choice;
import dev.fjord.reconcile.Revisions.Chosen;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run after another: fetch → load → observe → plan (and guard) → apply → verify. The caller
 * holds the run lock. Not safe for use by many threads.
 */
public final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private final ResourceName hostName;
  private final Revisions revisions;
  private final DesiredStates states;
  private final HostPort host;
  private final Applier applier;
  private final Clock clock;
  private final RememberedPlan.Planning planning;
  private final RememberedPlan remembered;
  private final Recurrences recurrences = new Recurrences();

  /** What was in force before, until the revision that is in force was applied to its end. */
  private @Nullable PriorRevision before;

  public Reconciler(
      ResourceName hostName,
      Revisions revisions,
      Loader loader,
      HostPort host,
      Applier applier,
      Clock clock) {
    this(hostName, revisions, loader, host, applier, clock, Planner::plan);
  }

  Reconciler(
      ResourceName hostName,
      Revisions revisions,
      Loader loader,
      HostPort host,
      Applier applier,
      Clock clock,
      RememberedPlan.Planning planning) {
    this.planning = planning;
    this.remembered = new RememberedPlan(planning);
    this.hostName = hostName;
    this.revisions = revisions;
    this.states = new DesiredStates(loader);
    this.host = host;
    this.applier = applier;
    this.clock = clock;
  }

  /** Whether a plan puts right only what comes back all the time, which was reported. */
  public boolean isKnown(Plan plan) {
    return recurrences.isKnown(plan);
  }

  /** A run that changes nothing. */
  public RunResult preview() {
    return new Run(List.of()).prepare(false).result(false);
  }

  /** A whole run. What failed is in the result. */
  public RunResult run(ApplyListener listener) throws InterruptedException {
    return run(listener, List.of());
  }

  /**
   * A whole run that restarts machines, too.
   *
   * @param restarts what this run is to restart; no other run will
   */
  public RunResult run(ApplyListener listener, List<RestartOrder> restarts)
      throws InterruptedException {
    Run run = new Run(restarts).prepare(true);
    run.apply(listener);
    run.verify();
    return run.result(true);
  }

  /** The stages of one run, and what each left. */
  private final class Run {
    private final Instant started = clock.instant();
    private final long begun = System.nanoTime();
    private final List<Problem> problems = new ArrayList<>();
    private final Stages stages = new Stages(problems);
    private Choice choice = new Choice(null, false, List.of());
    private InForce inForce = new InForce(null, null, List.of());
    private @Nullable Observed observed;
    private @Nullable Plan plan;
    private List<Outcome> outcomes = List.of();
    private Set<ResourceName> silent = Set.of();
    private boolean converged;
    private List<RestartOrder> orders;
    private List<OrderedRestart> ordered = List.of();

    Run(List<RestartOrder> orders) {
      this.orders = orders;
    }

    /**
     * Up to the plan.
     *
     * @param glances whether a plan with nothing to do may be made of a look that kept something
     */
    Run prepare(boolean glances) {
      choice = choose();
      problems.addAll(choice.problems());
      PriorRevision last =
          stages.value("reading what was asked for before", () -> last(choice.chosen()));
      inForce = states.of(revisions, choice.chosen());
      Desired now = inForce.desired();
      if (last != null && (now == null || !last.equals(PriorRevision.of(now)))) {
        before = last;
      }
      if (!glances || !isAtRest()) {
        observed = observe();
        plan = plan(observed);
      }
      if (plan == null && observed != null) {
        fallBack();
      }
      if (plan == null) {
        problems.addAll(inForce.found());
      }
      return this;
    }

    /**
     * Whether a glance shows that nothing has to be done; anything else that it shows is not used.
     */
    private boolean isAtRest() {
      try {
        Observed seen = host.glance();
        Chosen chosen = inForce.chosen();
        Desired desired = inForce.desired();
        if (seen != null && chosen != null && desired != null) {
          Plan rest =
              remembered.plan(desired, inForce.found(), seen, target(chosen, desired, seen));
          if (rest.isEmpty()) {
            observed = seen;
            plan = rest;
            return true;
          }
        }
      } catch (RuntimeException | Error e) {
        LOG.debug("a glance broke", e); // The full look reports why.
      }
      return false;
    }

    private Choice choose() {
      Choice known = stages.value("choosing a revision", revisions::choose);
      return known == null
          ? new Choice(
              stages.value("reading the revision in force", revisions::lastInForce),
              false,
              List.of())
          : known;
    }

    /** A revision that no plan can be made for is passed over like one that cannot be read. */
    private void fallBack() {
      Chosen faulty = inForce.chosen();
      if (faulty != null) {
        inForce = states.insteadOf(faulty, revisions, List.of());
        plan = plan(observed);
      }
    }

    void apply(ApplyListener listener) throws InterruptedException {
      if (plan != null && !stages.done("remembering the revision", this::putInForce)) {
        // What is not remembered cannot be what a faulty revision falls back to.
        plan = null;
        fallBack();
      }
      Plan settled = plan;
      Observed from = observed;
      if (settled != null && from != null) {
        ordered = orders.stream().map(order -> OrderedRestarts.in(settled, from, order)).toList();
        if (!settled.isEmpty()) {
          noteUnused(); // A run that was killed did not forget what it took into use.
        }
        stages.attempt("applying the plan", () -> outcomes = applier.apply(settled, listener));
        outcomes.stream()
            .map(Outcome::problem)
            .filter(why -> why != null && why.code().equals(IntentJournal.UNWRITABLE))
            .limit(1)
            .forEach(problems::add);
        recurrences.note(settled, outcomes, clock.instant());
        problems.addAll(recurrences.problems());
      }
    }

    private void putInForce() {
      revisions.inForce(Objects.requireNonNull(inForce.chosen()));
    }

    /** Looks again: a run has not succeeded when the apply reports success but the host differs. */
    void verify() {
      if (plan == null || observed == null) {
        return;
      }
      Plan rest = plan;
      orders = List.of(); // Once.
      if (!plan.isEmpty()) {
        observed = observe();
        rest = plan(observed);
      }
      noteUnused();
      Observed seen = observed;
      Set<ResourceName> asked =
          seen == null ? null : stages.value("asking who answers", () -> host.silent(seen));
      silent = asked == null ? Set.of() : asked;
      boolean done = rest != null && isDone(rest) && inForce.found().isEmpty();
      boolean newest = inForce.chosen() != null && inForce.chosen().equals(choice.chosen());
      boolean well = asked != null && asked.isEmpty() && seen != null && seen.ailments().isEmpty();
      converged = done && newest && well && !RunResult.isBroken(problems);
      if (rest != null && rest.isEmpty() && rest.waiting().isEmpty()) {
        before = null;
      }
    }

    /** What the revision asks for that is in force until now; null when this one is in force. */
    private @Nullable PriorRevision last(@Nullable Chosen chosen) {
      if (chosen == null) {
        return null;
      }
      Chosen last = revisions.lastInForce();
      return last == null || last.id().equals(chosen.id()) ? null : states.before(last);
    }

    /** What this run left unneeded is removed by a later one. */
    private void noteUnused() {
      Desired desired = inForce.desired();
      Observed seen = observed;
      if (seen != null && desired != null) {
        stages.attempt(
            "noting what nothing needs",
            () -> {
              Set<Version> unused = UnusedVersion.in(desired, seen);
              if (unused != null) {
                host.noteUnused(unused);
              }
            });
      }
    }

    RunResult result(boolean applied) {
      Chosen newest = choice.chosen();
      Chosen chosen = inForce.chosen();
      boolean nothingToDo = plan != null && isDone(plan) && inForce.found().isEmpty();
      return new RunResult(
          hostName,
          newest == null ? null : newest.id(),
          chosen == null ? null : chosen.id(),
          inForce.desired(),
          plan,
          outcomes,
          observed,
          silent,
          applied ? converged : nothingToDo,
          problems,
          started,
          Duration.ofNanos(System.nanoTime() - begun),
          ordered);
    }

    /** An instance that waits for its owner to restart it is as its document wants it. */
    private static boolean isDone(Plan rest) {
      return rest.isEmpty()
          && rest.refused().isEmpty()
          && rest.waiting().stream().allMatch(w -> w.until() == Waiting.Until.NEXT_START);
    }

    private @Nullable Observed observe() {
      return stages.value("looking at the host", host::observe);
    }

    private @Nullable Plan plan(@Nullable Observed seen) {
      Chosen chosen = inForce.chosen();
      Desired desired = inForce.desired();
      if (seen == null || chosen == null || desired == null) {
        return null;
      }
      return stages.value("planning revision " + chosen.id(), () -> planOf(chosen, desired, seen));
    }

    private Plan planOf(Chosen chosen, Desired desired, Observed seen) {
      return planning.plan(desired, inForce.found(), seen, target(chosen, desired, seen));
    }

    private Target target(Chosen chosen, Desired desired, Observed seen) {
      return new Target(
          hostName,
          chosen.id(),
          chosen.allowedDeletes(),
          before,
          HandOvers.of(chosen.tree(), desired, seen, hostName),
          orders);
    }
  }
}
