package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;

/** Holds a running kernel still, and lets it go on. Doing either again changes nothing. */
public final class KernelPause {
  private final Layout layout;

  public KernelPause(Layout layout) {
    this.layout = layout;
  }

  public void pause(ResourceName name, KernelProcess kernel) {
    if (!Proc.paused(kernel.pid())) {
      Mconsole.of(layout, name, kernel).ask("stop").textOrThrow("pausing instance " + name);
    }
  }

  public void resume(ResourceName name, KernelProcess kernel) {
    if (Proc.paused(kernel.pid())) {
      Mconsole.of(layout, name, kernel).ask("go").textOrThrow("resuming instance " + name);
    }
  }
}
