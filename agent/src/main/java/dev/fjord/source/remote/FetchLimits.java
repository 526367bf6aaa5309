package dev.fjord.source.remote;

import java.time.Duration;

/**
 * How long a server may take.
 *
 * @param answer for connecting, and for each answer after that; whole seconds
 * @param whole for the whole fetch, however steadily data arrives
 */
public record FetchLimits(Duration answer, Duration whole) {
  /**
   * With these a first clone over a slow line succeeds, and a dead server is noticed within one
   * poll.
   */
  public static final FetchLimits USUAL =
      new FetchLimits(Duration.ofSeconds(20), Duration.ofMinutes(10));
}
