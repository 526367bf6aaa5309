package dev.fjord.app;

import dev.fjord.host.HostPort;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A host that is looked at from the beginning, while a repository is opened and read: a plan takes
 * only as long as the longer of both. Nothing is ever done to it.
 */
final class EarlyLook implements HostPort {
  private final CompletableFuture<Observed> look;

  /** Begins to look. */
  EarlyLook(HostPort host) {
    look =
        CompletableFuture.supplyAsync(
            host::observe, task -> Thread.ofPlatform().daemon().name("look").start(task));
  }

  @Override
  public Observed observe() {
    try {
      return look.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException why) {
        throw why;
      }
      if (e.getCause() instanceof Error why) {
        throw why;
      }
      throw e;
    }
  }

  @Override
  public void perform(Step step, Progress progress) {
    throw new UnsupportedOperationException("a preview does nothing");
  }

  @Override
  public void noteUnused(Set<Version> unused) {
    throw new UnsupportedOperationException("a preview notes nothing");
  }

  @Override
  public Set<ResourceName> silent(Observed observed) {
    throw new UnsupportedOperationException("a preview asks nobody");
  }
}
