package dev.fjord.model;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A version of a kernel in the store.
 *
 * @param trial null until it is tried on this host in its present state
 * @param modules the names of those that its guests can load, with {@code _} for each {@code -}
 */
public record StoredKernel(
    ResourceName name, Digest digest, @Nullable Trial trial, Upkeep upkeep, Set<String> modules) {
  /** Snapshots of older agents have none. */
  @SuppressWarnings("NullAway")
  public StoredKernel {
    modules = modules == null ? Set.of() : Set.copyOf(modules);
  }

  /** One without modules. */
  public StoredKernel(ResourceName name, Digest digest, @Nullable Trial trial, Upkeep upkeep) {
    this(name, digest, trial, upkeep, Set.of());
  }

  public StoredKernel tried(@Nullable Trial newTrial) {
    return new StoredKernel(name, digest, newTrial, upkeep, modules);
  }

  public StoredKernel with(Set<String> newModules) {
    return new StoredKernel(name, digest, trial, upkeep, newModules);
  }
}
