package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A kernel in the store.
 *
 * @param trial null while it was not tried on this host as it is now
 */
public record StoredKernel(ResourceName name, Digest digest, @Nullable Trial trial) {}
