package dev.fjord.app;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.HostPort;
import dev.fjord.host.linux.LinuxHost;
import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.host.linux.network.Monitors;
import dev.fjord.host.linux.uml.KernelLife;
import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.host.linux.uml.Proc;
import dev.fjord.host.linux.usage.RootDivergence;
import dev.fjord.host.linux.usage.UseHistory;
import dev.fjord.load.Loader;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.Layout;
import dev.fjord.model.RestartOrder;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.reconcile.Reconciler;
import dev.fjord.reconcile.Revisions;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Journal;
import dev.fjord.report.Status;
import dev.fjord.report.StatusBuilder;
import dev.fjord.report.StatusFile;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs on this host, one after another, each of which leaves its status. */
final class Runs implements AutoCloseable {
  /** Guests that are pinged side by side. */
  private static final int MOST_ASKED = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

  private final Layout layout;
  private final ExecutorService changes = threads("change-", 0, Integer.MAX_VALUE);
  private final ExecutorService pings = threads("ping-", MOST_ASKED, MOST_ASKED);
  private final LinuxHost host;
  private final @Nullable Monitors monitors;
  private final BooleanSupplier asked;
  private final Reconciler reconciler;
  private final ApplyListener everything;
  private final boolean byAgent;
  private final Journal journal;
  private final UseHistory use;
  private final RootDivergence divergence;

  /**
   * When runs end.
   *
   * @param stopping once true, no further change is begun
   * @param hurried once true, a run waits for no guest to answer
   * @param late called when a start that a run did not wait for has ended
   * @param asked whether the run that begins was asked for: then it looks at everything
   */
  record Pace(
      BooleanSupplier stopping, BooleanSupplier hurried, Runnable late, BooleanSupplier asked) {

    /** Each run waits for everything that it has begun. */
    static Pace patient(BooleanSupplier stopping) {
      return new Pace(stopping, () -> false, () -> {}, () -> true);
    }
  }

  /** Puts a reconciler together. */
  Runs(AgentSettings settings, Revisions revisions, Pace pace) {
    this(settings, revisions, pace, ApplyListener.NONE, false);
  }

  /**
   * As the other constructor, with a listener that is called for every change.
   *
   * @param byAgent whether an agent makes these runs, one after another
   */
  Runs(
      AgentSettings settings,
      Revisions revisions,
      Pace pace,
      ApplyListener everything,
      boolean byAgent) {
    this.everything = everything;
    this.byAgent = byAgent;
    layout = settings.layout();
    Clock clock = Clock.systemUTC();
    journal = new Journal(layout, clock);
    use = new UseHistory(layout, clock);
    divergence = new RootDivergence(layout, clock);
    asked = pace.asked();
    monitors = byAgent ? new Monitors() : null;
    host = new LinuxHost(settings, pings, clock, monitors);
    Applier applier =
        new Applier(host, changes, journal, pace.stopping(), pace.hurried(), pace.late());
    reconciler = new Reconciler(settings.host(), revisions, new Loader(), host, applier, clock);
  }

  /** These are platform threads, since a ping blocks in native code. Idle ones end. */
  private static ExecutorService threads(String name, int kept, int most) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            kept,
            most,
            5,
            TimeUnit.SECONDS,
            kept == most ? new LinkedBlockingQueue<>() : new SynchronousQueue<>(),
            Thread.ofPlatform().name(name, 1).factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** What a run would do on a host. */
  static RunResult preview(AgentSettings settings, Revisions revisions, HostPort host) {
    Applier none = new Applier(host, ForkJoinPool.commonPool(), () -> true);
    return new Reconciler(settings.host(), revisions, new Loader(), host, none, Clock.systemUTC())
        .preview();
  }

  /** Whether a plan puts right only what comes back all the time, which was reported. */
  boolean isKnown(Plan plan) {
    return reconciler.isKnown(plan);
  }

  /** What a run would do now, by a look at everything. */
  RunResult preview() {
    return reconciler.preview();
  }

  /** A whole run. */
  RunResult run(ApplyListener listener) {
    return run(listener, List.of());
  }

  /** A whole run that also restarts machines by order. */
  RunResult run(ApplyListener listener, List<RestartOrder> restarts) {
    if (asked.getAsBoolean()) {
      host.lookAtAll();
    }
    try {
      RunResult result = reconciler.run(listener.and(everything), restarts);
      return kept(result);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "the run was interrupted")
          .hint("The next run goes on from there.")
          .asException(e);
    }
  }

  /** A status that cannot be written, for example on a full disk, takes nothing from the run. */
  private RunResult kept(RunResult result) {
    try {
      keep(result);
      return result;
    } catch (ProblemException e) {
      return result.and(e.problem());
    }
  }

  private void keep(RunResult result) {
    try {
      use.note();
    } catch (ProblemException e) {
      LOG.warn("no sample of the disk's use was taken: {}", e.getMessage());
    }
    Status previous = StatusFile.read(layout).value();
    Instant boot = Proc.hostBoot();
    StatusFile.write(
        layout,
        StatusBuilder.of(
            result,
            previous,
            new MachineGroups(layout).real(),
            pid -> startOf(pid, boot),
            divergence::of,
            use::forecast,
            byAgent));
  }

  /** Not by ProcessHandle, which looks for the name of its user, too. */
  private static @Nullable Instant startOf(long pid, Instant boot) {
    KernelProcess process = KernelLife.of(pid);
    return process == null ? null : process.started(boot);
  }

  /**
   * Waits for no guest: changes that a run has left under way end here, and their kernels run on.
   */
  @Override
  public void close() {
    changes.shutdownNow();
    changes.close();
    pings.close();
    journal.close();
    if (monitors != null) {
      monitors.close();
    }
  }
}
