package dev.fjord.model;

/**
 * A pristine image: a root file system that is shared and never written.
 *
 * @param size of the file, a multiple of 512
 */
public record Image(ResourceName name, Source source, Digest sha256, ByteSize size) {}
