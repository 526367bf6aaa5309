package dev.fjord.host.linux.uml;

import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * The operation that is under way for each instance, one at a time. A start may wait for its guest
 * for minutes after the run that began it; what is to happen next to the same instance ends that
 * wait, and begins when it has ended. Safe for use by many threads.
 */
public final class StartsUnderWay {
  private final Map<ResourceName, Work> works = new ConcurrentHashMap<>();

  private static final class Work {
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean isGivenUp;
  }

  /** Does something with an instance, once what goes on with it has been given up and has ended. */
  public void alone(ResourceName name, Runnable action) {
    Work work = new Work();
    for (Work before = works.putIfAbsent(name, work);
        before != null;
        before = works.putIfAbsent(name, work)) {
      before.isGivenUp = true;
      await(before);
    }
    try {
      action.run();
    } finally {
      works.remove(name, work);
      work.over.countDown();
    }
  }

  /** Whether the start of this instance is to wait no longer for its guest. */
  boolean isGivenUp(ResourceName name) {
    Work work = works.get(name);
    return work != null && work.isGivenUp;
  }

  private static void await(Work work) {
    try {
      work.over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "waiting for a start to end was interrupted").asException(e);
    }
  }
}
