package dev.fjord.host.linux.network;

import dev.fjord.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads that ask for the same kind of work at about the same time have it done at once, by
 * one of them: a thread that asks while others are being served is served next, with all that asked
 * meanwhile. No thread waits for others to ask. Thread-safe.
 *
 * @param <T> what is asked for
 */
final class Batcher<T> {
  private final Function<List<T>, Map<T, ProblemException>> work;
  private final ConcurrentLinkedQueue<Asked<T>> queue = new ConcurrentLinkedQueue<>();
  private final ReentrantLock turn = new ReentrantLock();

  /** One thread's wish; all but {@code wish} is guarded by the turn. */
  private static final class Asked<T> {
    final T wish;
    boolean served;
    @Nullable RuntimeException failure;

    Asked(T wish) {
      this.wish = wish;
    }
  }

  /**
   * @param work does all that it is given and returns what failed; an exception that it throws goes
   *     to all of them
   */
  Batcher(Function<List<T>, Map<T, ProblemException>> work) {
    this.work = work;
  }

  /** Returns when {@code wish} is done, or throws what it failed with. */
  void ask(T wish) {
    Asked<T> mine = new Asked<>(wish);
    queue.add(mine);
    turn.lock();
    try {
      if (!mine.served) {
        serveAll();
      }
      if (mine.failure != null) {
        throw mine.failure;
      }
    } finally {
      turn.unlock();
    }
  }

  private void serveAll() {
    List<Asked<T>> all = new ArrayList<>();
    for (Asked<T> asked = queue.poll(); asked != null; asked = queue.poll()) {
      all.add(asked);
    }
    Map<T, ProblemException> failed = Map.of();
    @Nullable RuntimeException broken = null;
    try {
      failed = work.apply(all.stream().map(asked -> asked.wish).toList());
    } catch (RuntimeException e) {
      broken = e;
    }
    for (Asked<T> asked : all) {
      asked.served = true;
      asked.failure = broken == null ? failed.get(asked.wish) : broken;
    }
  }
}
