package dev.fjord.schedule;

import dev.fjord.model.Layout;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that goes on: a run by the timer, and at once on SIGHUP or a poke. SIGTERM ends it
 * after the changes that have begun; it disturbs no instance. Whoever starts it holds the run lock.
 */
public final class Agent {
  /** How long changes that have begun may take once the agent is told to end. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final Layout layout;
  private final Timetable timetable;
  private final AtomicBoolean stopping = new AtomicBoolean();

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
   */
  public void run(BooleanSupplier run) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Polling polling = new Polling(() -> timetable.next(once(run)));
    ControlSocket control = new ControlSocket(layout, polling::now);
    Signals.onHangup(polling::now);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(polling, control, ended), "shutdown"));
    LOG.info("the agent runs; poke it through {}", layout.controlSocket());
    ended.await();
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
