package dev.fjord.app;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM during a single run: no further change is begun, and those that have begun get
 * a while to end. Changes that are killed after that are taken up by the next run.
 */
final class Ending implements AutoCloseable {
  private static final long GRACE_SECONDS = 20;

  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook = new Thread(this::begin, "ending");
  private volatile boolean begun;

  Ending() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the process was told to end. */
  boolean begun() {
    return begun;
  }

  private void begin() {
    begun = true;
    try {
      over.await(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    over.countDown();
    if (!begun) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException endsAlready) {
        // Then it has run, or does.
      }
    }
  }
}
