package dev.fjord.schedule;

import dev.fjord.model.Layout;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that goes on: a run by the timer, and at once on SIGHUP or a poke. SIGTERM ends it
 * after the changes that have begun; it disturbs no instance. The caller holds the run lock.
 */
public final class Agent {
  /** How long changes that have begun may take once the agent is told to end. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** A run may wait this long for guests, however often the repository is asked. */
  private static final Duration SHORTEST = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final Layout layout;
  private final Timetable timetable;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Map<Check, String> faults = new ConcurrentHashMap<>();
  private final Set<Thread> checking = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable RunTimer> timer = new AtomicReference<>();
  private final Duration longest;
  private volatile boolean isAsked;
  private volatile boolean wasAsked;
  private volatile long began;

  /** The fault of the run before, which is logged once; runs never overlap. */
  private volatile String lastFault = "";

  public Agent(Layout layout, Duration poll) {
    this.layout = layout;
    this.longest = poll.compareTo(SHORTEST) > 0 ? poll : SHORTEST;
    this.timetable = new Timetable(poll, RandomGenerator.getDefault());
  }

  /** True once the agent was told to end: no further change is then begun. */
  public boolean isStopping() {
    return stopping.get();
  }

  /** True once another run is due, or this agent was told to end: then none waits for a guest. */
  public boolean isHurried() {
    return isStopping() || isAsked || System.nanoTime() - began > longest.toNanos();
  }

  /** True during a run that was asked for, as opposed to one of the timer. */
  public boolean wasAsked() {
    return wasAsked;
  }

  /** Asks for a run at once; during one, for another after it. */
  public void poke() {
    isAsked = true;
    RunTimer known = timer.get();
    if (known != null) {
      known.now();
    }
  }

  /**
   * Runs until the process is told to end.
   *
   * @param run does one run and answers whether the repository could be asked; what it throws is
   *     logged, and the agent goes on
   * @param checks what goes on beside the runs, by name; interrupted when the agent ends
   * @param restarts carries out what callers order
   * @param plans answers callers what a run would do
   */
  public void run(
      BooleanSupplier run,
      Map<String, Check> checks,
      ControlSocket.Restarts restarts,
      ControlSocket.Plans plans)
      throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Map<String, RunTimer.Beside> beside = new TreeMap<>();
    checks.forEach((name, check) ->
        beside.put(name, new RunTimer.Beside(check.first(), () -> beside(check, this::poke))));
    RunTimer runs = new RunTimer(() -> timetable.next(once(run)), beside);
    timer.set(runs);
    ControlSocket control = new ControlSocket(layout, this::poke, restarts, plans);
    Signals.onHangup(this::poke);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(runs, control, ended), "shutdown"));
    LOG.info("the agent runs; poke it through {}", layout.controlSocket());
    ended.await();
  }

  /**
   * What goes on beside the runs, and never overlaps itself.
   *
   * @param first how long to wait before the first time
   * @param afterFault how long to wait when it broke
   * @param work does it once, and answers how long to wait for the next time; its argument makes a
   *     run begin at once, when there is something to look at
   */
  public record Check(Duration first, Duration afterFault, Function<Runnable, Duration> work) {

    /** About every {@code interval}; many agents do not do it at the same moment. */
    public static Check every(Duration interval, Consumer<Runnable> work) {
      return new Check(
          interval,
          interval,
          look -> {
            work.accept(look);
            return Timetable.jittered(interval, RandomGenerator.getDefault());
          });
    }
  }

  private Duration beside(Check check, Runnable look) {
    checking.add(Thread.currentThread());
    try {
      Duration wait = stopping.get() ? check.afterFault() : check.work().apply(look);
      faults.remove(check);
      return wait;
    } catch (RuntimeException | Error e) {
      // It is logged once, not at each check, which may come every five seconds.
      if (!stopping.get() && !e.toString().equals(faults.put(check, e.toString()))) {
        LOG.error("a check broke; the agent goes on", e);
      }
      return check.afterFault();
    } finally {
      checking.remove(Thread.currentThread());
      if (Thread.interrupted()) { // The thread is Quartz's, and goes back to it.
        LOG.debug("a check ended when it was told to");
      }
    }
  }

  private boolean once(BooleanSupplier run) {
    wasAsked = isAsked;
    isAsked = false;
    began = System.nanoTime();
    try {
      boolean answered = run.getAsBoolean();
      lastFault = "";
      return answered;
    } catch (RuntimeException | Error e) {
      // Quartz would plan no next run after an Error.
      if (!e.toString().equals(lastFault)) {
        LOG.error("a run broke; the agent goes on", e);
      }
      lastFault = e.toString();
      return false;
    }
  }

  private void stop(RunTimer timer, ControlSocket control, CountDownLatch ended) {
    stopping.set(true);
    control.close();
    checking.forEach(Thread::interrupt);
    Thread waiting = Thread.ofPlatform().daemon().start(timer::close);
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
