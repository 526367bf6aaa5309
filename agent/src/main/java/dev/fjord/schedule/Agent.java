package dev.fjord.schedule;

import dev.fjord.model.Layout;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that goes on: a run by the timer, and at once on SIGHUP or a poke. SIGTERM ends it
 * after the changes that have begun; it disturbs no instance. Whoever starts it holds the run lock.
 */
public final class Agent {
  /** How long changes that have begun may take once the agent is told to end. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** Before a check that broke is tried again. */
  private static final Duration AFTER_FAULT = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final Layout layout;
  private final Timetable timetable;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicReference<@Nullable Thread> checking = new AtomicReference<>();

  public Agent(Layout layout, Duration poll) {
    this.layout = layout;
    this.timetable = new Timetable(poll, RandomGenerator.getDefault());
  }

  /** True once the agent was told to end: no further change is then begun. */
  public boolean isStopping() {
    return stopping.get();
  }

  /**
   * Runs until the process is told to end.
   *
   * @param run does one run and answers whether the repository could be asked; what it throws is
   *     logged, and the agent goes on
   * @param check does what takes long and hinders no run, and answers how long to wait for the
   *     next; interrupted when the agent ends
   */
  public void run(BooleanSupplier run, Check check) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<@Nullable Polling> started = new AtomicReference<>();
    Runnable poke =
        () -> {
          Polling known = started.get();
          if (known != null) {
            known.now();
          }
        };
    Polling polling =
        new Polling(() -> timetable.next(once(run)), () -> beside(() -> check.next(poke)));
    started.set(polling);
    ControlSocket control = new ControlSocket(layout, polling::now);
    Signals.onHangup(polling::now);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(polling, control, ended), "shutdown"));
    LOG.info("the agent runs; poke it through {}", layout.controlSocket());
    ended.await();
  }

  /** What goes on beside the runs. */
  @FunctionalInterface
  public interface Check {
    /**
     * Does it once.
     *
     * @param look makes a run begin at once, when there is something to be seen
     * @return how long to wait for the next time
     */
    Duration next(Runnable look);
  }

  private Duration beside(Supplier<Duration> check) {
    checking.set(Thread.currentThread());
    try {
      return stopping.get() ? AFTER_FAULT : check.get();
    } catch (RuntimeException e) {
      if (!stopping.get()) {
        LOG.error("a check broke; the agent goes on", e);
      }
      return AFTER_FAULT;
    } finally {
      checking.set(null);
      boolean told = Thread.interrupted(); // The thread is Quartz's, and goes back to it.
      LOG.debug("a check ended{}", told ? " when it was told to" : "");
    }
  }

  private boolean once(BooleanSupplier run) {
    try {
      return run.getAsBoolean();
    } catch (RuntimeException e) {
      LOG.error("a run broke; the agent goes on", e);
      return false;
    }
  }

  private void stop(Polling polling, ControlSocket control, CountDownLatch ended) {
    stopping.set(true);
    control.close();
    Thread busy = checking.get();
    if (busy != null) {
      busy.interrupt();
    }
    Thread waiting = Thread.ofPlatform().daemon().start(polling::close);
    try {
      if (!waiting.join(GRACE)) {
        LOG.warn("ending in the middle of a change; the next run goes on from there");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended.countDown();
  }
}
