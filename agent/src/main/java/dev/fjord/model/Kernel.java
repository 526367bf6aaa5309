package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A User-Mode Linux binary that instances may run.
 *
 * @param version as it says of itself ({@code linux --version}); null where the document does not
 */
public record Kernel(
    ResourceName name, Source source, Digest sha256, @Nullable KernelVersion version) {

  /** Of a version that nobody has to know. */
  public Kernel(ResourceName name, Source source, Digest sha256) {
    this(name, source, sha256, null);
  }
}
