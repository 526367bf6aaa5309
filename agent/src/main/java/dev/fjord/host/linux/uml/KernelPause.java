package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.time.Duration;

/** Holds a running kernel still, and lets it go on. Doing either again changes nothing. */
public final class KernelPause {
  private static final Duration SEEN = Duration.ofSeconds(20);

  /** The kernel writes out in a thread of its own and does not report when that is done. */
  private static final Duration SYNC = Duration.ofMillis(500);

  private final Layout layout;

  public KernelPause(Layout layout) {
    this.layout = layout;
  }

  public void pause(ResourceName name, KernelProcess kernel) {
    if (!Proc.paused(kernel.pid())) {
      Mconsole.of(layout, name, kernel).ask("stop").textOrThrow("pausing instance " + name);
      // It answers just before it stops: the next look must see it stopped.
      Polling.until(SEEN, () -> Proc.paused(kernel.pid()));
    }
  }

  /**
   * Writes out the guest's pending data, pauses the guest while {@code work} runs, and lets it go
   * on; one that is paused already stays so.
   */
  public void during(ResourceName name, KernelProcess kernel, Runnable work) {
    if (Proc.paused(kernel.pid())) {
      work.run();
      return;
    }
    Mconsole.of(layout, name, kernel).ask("sysrq s").textOrThrow("syncing instance " + name);
    Polling.milliseconds(SYNC.toMillis());
    pause(name, kernel);
    try {
      work.run();
    } finally {
      resume(name, kernel);
    }
  }

  public void resume(ResourceName name, KernelProcess kernel) {
    if (Proc.paused(kernel.pid())) {
      Mconsole.of(layout, name, kernel).ask("go").textOrThrow("resuming instance " + name);
      Polling.until(SEEN, () -> !Proc.paused(kernel.pid()));
    }
  }
}
