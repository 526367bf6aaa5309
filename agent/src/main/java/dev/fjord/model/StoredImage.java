package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A version of a pristine image in the store.
 *
 * @param digest of its content, or of the recipe that it was built by
 * @param built what the building gave; null for one that was stored as it is
 */
public record StoredImage(
    ResourceName name, Digest digest, ByteSize size, @Nullable BuiltContent built, Upkeep upkeep) {}
