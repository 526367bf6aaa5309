package dev.fjord.model;

/** A pristine image in the store, whole. */
public record StoredImage(ResourceName name, Digest digest, ByteSize size) {}
