package dev.fjord.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A person or program that signs commits.
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
   * One key and when it counts. All times are compared with the time at which a commit was first
   * seen, never with a time that the commit states.
   *
   * @param from the first instant; null for always
   * @param until the first instant at which it no longer counts; null for none
   * @param revoked the first instant from which on it is not to be trusted; null for none
   */
  public record Key(
      SigningKey key, @Nullable Instant from, @Nullable Instant until, @Nullable Instant revoked) {}
}
