package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A pristine image in the store, whole.
 *
 * @param digest of its content, or of the recipe that it was built by
 * @param built what the building gave; null for one that was stored as it is
 */
public record StoredImage(
    ResourceName name, Digest digest, ByteSize size, @Nullable BuiltContent built) {

  /** One that was stored as it is. */
  public StoredImage(ResourceName name, Digest digest, ByteSize size) {
    this(name, digest, size, null);
  }

  /** The digest that its content is to have. */
  public Digest content() {
    return built == null ? digest : built.sha256();
  }
}
