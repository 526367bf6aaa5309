package dev.fjord.model;

import java.time.Instant;

/**
 * That somebody told fjord to restart a machine, once. It is no part of the desired state: one run
 * takes it, and whatever comes of it, no other run does.
 *
 * @param by for a person, as {@code linda (uid 1000)}; printable
 * @param at when it was told
 */
public record RestartOrder(ResourceName instance, String by, Instant at) {

  /** A clause for a person. */
  public String words() {
    return by + " ordered it at " + at + " ('fjord restart')";
  }
}
