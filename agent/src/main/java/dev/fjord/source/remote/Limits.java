package dev.fjord.source.remote;

import java.time.Duration;

/**
 * How long a server may take.
 *
 * @param answer for connecting, and for each answer after that; whole seconds
 * @param whole for all of it, however steadily it drips
 */
public record Limits(Duration answer, Duration whole) {
  /** A first clone over a slow line passes; a dead server is noticed within one poll. */
  public static final Limits USUAL = new Limits(Duration.ofSeconds(20), Duration.ofMinutes(10));
}
