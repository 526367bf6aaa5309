package dev.fjord.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who signs commits.
 *
 * @param paths what commits that are signed by any of the keys may change
 */
public record Signer(ResourceName name, List<PathPattern> paths, List<Key> keys) {
  public Signer {
    paths = List.copyOf(paths);
    keys = List.copyOf(keys);
  }

  public boolean mayChange(String path) {
    return paths.stream().anyMatch(pattern -> pattern.matches(path));
  }

  /**
   * One key and when it counts. All times are held against when a commit was first seen, and never
   * against what the commit says.
   *
   * @param from the first instant; null for always
   * @param until the first instant at which it counts no more; null for none
   * @param revoked the first instant from which on it is not to be trusted; null for none
   */
  public record Key(
      SigningKey key, @Nullable Instant from, @Nullable Instant until, @Nullable Instant revoked) {}
}
