package dev.fjord.model;

/** A version of a pristine image in the store. */
public record StoredImage(ResourceName name, Digest digest, ByteSize size, Upkeep upkeep) {

  /** A whole one. */
  public StoredImage(ResourceName name, Digest digest, ByteSize size) {
    this(name, digest, size, Upkeep.WHOLE);
  }
}
