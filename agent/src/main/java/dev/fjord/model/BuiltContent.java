package dev.fjord.model;

import java.time.Instant;
import java.util.Objects;

/**
 * The result of making something whose digest is not known beforehand.
 *
 * @param sha256 of the file that was made
 * @param at when it was made
 */
public record BuiltContent(Digest sha256, ByteSize size, Instant at) {
  public BuiltContent {
    Objects.requireNonNull(sha256, "sha256");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(at, "at");
  }
}
