package dev.fjord.model;

import java.time.Instant;

/**
 * A person's order to fjord to restart a machine once. It is not part of the desired state: one run
 * takes it, and whether it succeeds or not, no other run does.
 *
 * @param by for a person, as {@code linda (uid 1000)}; printable
 * @param at when it was given
 */
public record RestartOrder(ResourceName instance, String by, Instant at) {

  /** A clause for a person. */
  public String words() {
    return by + " ordered it at " + at + " ('fjord restart')";
  }
}
