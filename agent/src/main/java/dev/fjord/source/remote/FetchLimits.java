package dev.fjord.source.remote;

import java.time.Duration;

/**
 * How long a server may take.
 *
 * @param answer for connecting, and for each answer after that; whole seconds
 * @param whole for all of it, however steadily it drips
 */
public record FetchLimits(Duration answer, Duration whole) {
  /** A first clone over a slow line passes; a dead server is noticed within one poll. */
  public static final FetchLimits USUAL =
      new FetchLimits(Duration.ofSeconds(20), Duration.ofMinutes(10));
}
