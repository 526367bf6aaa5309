package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A version of a kernel in the store.
 *
 * @param trial null while it was not tried on this host as it is now
 */
public record StoredKernel(ResourceName name, Digest digest, @Nullable Trial trial, Upkeep upkeep) {

  /** A whole one. */
  public StoredKernel(ResourceName name, Digest digest, @Nullable Trial trial) {
    this(name, digest, trial, Upkeep.WHOLE);
  }

  public StoredKernel tried(@Nullable Trial newTrial) {
    return new StoredKernel(name, digest, newTrial, upkeep);
  }
}
