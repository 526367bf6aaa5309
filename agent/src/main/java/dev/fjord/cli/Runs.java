package dev.fjord.cli;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.linux.LinuxHost;
import dev.fjord.host.linux.usage.RootDivergence;
import dev.fjord.host.linux.usage.UseHistory;
import dev.fjord.load.Loader;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.Layout;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs on this host, one after another, each of which leaves its status. */
final class Runs implements AutoCloseable {
  /** Changes mostly wait: for a disk, for a guest that boots, for a ping. */
  private static final int MOST_AT_ONCE = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

  private final Layout layout;
  private final ExecutorService threads = threads();
  private final Reconciler reconciler;
  private final ApplyListener everything;
  private final Journal journal;
  private final UseHistory use;
  private final RootDivergence divergence;

  /**
   * Puts a reconciler together.
   *
   * @param stopping once true, no further change is begun
   */
  Runs(AgentSettings settings, Revisions revisions, BooleanSupplier stopping) {
    this(settings, revisions, stopping, ApplyListener.NONE);
  }

  /** As the other, with somebody who is told of every change. */
  Runs(
      AgentSettings settings,
      Revisions revisions,
      BooleanSupplier stopping,
      ApplyListener everything) {
    this.everything = everything;
    layout = settings.layout();
    Clock clock = Clock.systemUTC();
    journal = new Journal(layout, clock);
    use = new UseHistory(layout, clock);
    divergence = new RootDivergence(layout, clock);
    LinuxHost host = new LinuxHost(settings, threads, clock);
    Applier applier = new Applier(host, threads, stopping);
    reconciler = new Reconciler(settings.host(), revisions, new Loader(), host, applier, clock);
  }

  /** Threads of the platform: a ping blocks in native code. Idle ones end. */
  private static ExecutorService threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            MOST_AT_ONCE,
            MOST_AT_ONCE,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("change-", 1).factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** What a run would do. */
  RunResult preview() {
    return reconciler.preview();
  }

  /** Whether a plan puts right only what comes back all the time, which was told. */
  boolean isKnown(Plan plan) {
    return reconciler.isKnown(plan);
  }

  /** A whole run. */
  RunResult run(ApplyListener listener) {
    try {
      RunResult result = reconciler.run(listener.and(journal).and(everything));
      keep(result);
      return result;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "the run was interrupted")
          .hint("The next run goes on from there.")
          .asException(e);
    }
  }

  private void keep(RunResult result) {
    try {
      use.note();
    } catch (ProblemException e) {
      LOG.warn("no sample of the disk's use was taken: {}", e.getMessage());
    }
    Status previous = StatusFile.read(layout).value();
    StatusFile.write(layout, StatusBuilder.of(result, previous, Runs::startOf, divergence::of));
  }

  private static @Nullable Instant startOf(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().startInstant()).orElse(null);
  }

  @Override
  public void close() {
    threads.close();
  }
}
