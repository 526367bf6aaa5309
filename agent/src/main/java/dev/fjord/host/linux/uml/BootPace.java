package dev.fjord.host.linux.uml;

import dev.fjord.problem.Problem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Lets as many kernels boot at once as this host can carry, in the order in which they ask. A boot
 * is work for one processor. Many at once end no sooner and no later than one after another; but
 * each takes so much longer that time limits inside the guests may pass: systemd gives a unit 90 s
 * by the clock.
 *
 * <p>How many the host can carry shows in how long they take. It begins with what the kernel's
 * trial took here, grows with each boot that is quick and shrinks with each that is slow. Safe for
 * use by many threads.
 */
final class BootPace {
  /** How many boot at once for each processor where a trial takes a second or less. */
  private static final int FOR_A_PROCESSOR = 16;

  private static final double USUAL_TRIAL_MILLIS = 1000;

  /** As many changes as a run makes at once. */
  private static final int MOST = 64;

  private static final Duration QUICK = Duration.ofSeconds(20);
  private static final Duration SLOW = Duration.ofSeconds(45);

  /** Share of time in which something waits for a processor though nothing boots. */
  private static final double PRESSED = 0.5;

  private final int processors;
  private final DoubleSupplier pressure;
  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Turn> waiting = new ArrayDeque<>();
  private double room;
  private long shrunk;
  private int underWay;

  /**
   * A pace.
   *
   * @param pressure on processors, from 0 to 1; not a number where that is not known
   * @param clock as {@link System#nanoTime}
   */
  BootPace(int processors, DoubleSupplier pressure, LongSupplier clock) {
    this.processors = processors;
    this.pressure = pressure;
    this.clock = clock;
  }

  /** Of this host. */
  static BootPace ofHost() {
    return new BootPace(
        Runtime.getRuntime().availableProcessors(), new CpuPressure()::share, System::nanoTime);
  }

  /** One boot's place among those under way. Ending it again changes nothing. */
  final class Turn implements AutoCloseable {
    private long begun;
    private boolean isOver;

    /** Its guest answers: how long that took shows how many more the host can carry. */
    void answered() {
      lock.lock();
      try {
        long took = clock.getAsLong() - begun;
        if (took < QUICK.toNanos()) {
          room = Math.min(MOST, room + 1);
        } else if (took > SLOW.toNanos() && begun - shrunk >= 0) {
          room = Math.max(processors, room / 2); // Once for all slow ones together.
          shrunk = clock.getAsLong();
        }
      } finally {
        lock.unlock();
      }
      close();
    }

    /** Gives the place to the next boot. */
    @Override
    public void close() {
      lock.lock();
      try {
        if (!isOver) {
          isOver = true;
          underWay--;
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Waits for a turn.
   *
   * @param trial what the kernel's trial took on this host; zero where that is not known
   * @throws dev.fjord.problem.ProblemException {@code interrupted}
   */
  Turn await(Duration trial) {
    Turn turn = new Turn();
    lock.lock();
    try {
      waiting.add(turn);
      if (room == 0) {
        room = first(trial);
        shrunk = clock.getAsLong();
      }
      while (!turn.equals(waiting.peek()) || underWay >= Math.floor(room)) {
        changed.await();
      }
      underWay++;
      turn.begun = clock.getAsLong();
      return turn;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "waiting for a turn to boot was interrupted").asException(e);
    } finally {
      waiting.remove(turn);
      changed.signalAll();
      lock.unlock();
    }
  }

  private double first(Duration trial) {
    double slower = Math.max(1, trial.toMillis() / USUAL_TRIAL_MILLIS);
    double all = processors * FOR_A_PROCESSOR / slower;
    double left = pressure.getAsDouble() > PRESSED ? all / 2 : all;
    return Math.clamp(left, processors, MOST);
  }
}
