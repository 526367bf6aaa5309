package dev.fjord.source.remote;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Bounds work that blocks on a socket. It runs in a virtual thread, because interrupting one of
 * those closes the socket that it reads; a platform thread would read on.
 */
final class Deadline {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private Deadline() {}

  /**
   * @throws TimeoutException when it did not end in time; it was interrupted then, and is over
   *     unless it ignored that
   * @throws InterruptedException when the caller was interrupted; so was the work
   */
  static <T> T within(Duration whole, Callable<T> work)
      throws ExecutionException, TimeoutException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread worker = Thread.ofVirtual().name("fjord-fetch").start(task);
    try {
      return task.get(whole.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | InterruptedException e) {
      task.cancel(true);
      worker.join(GRACE);
      throw e;
    }
  }
}
