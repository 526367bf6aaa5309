package dev.fjord.watch;

import dev.fjord.model.Ailment;
import dev.fjord.model.ResourceName;
import java.util.stream.Collectors;

/** A change in an instance's health, reported once, when it happens. */
public sealed interface HealthEvent {
  /** One line for a log. */
  String line();

  /** An instance ails, or its ailment has become another one. */
  record Ails(ResourceName name, Ailment ailment) implements HealthEvent {
    @Override
    public String line() {
      return "instance " + name + ": " + ailment.verdict().words() + ": " + ailment.detail();
    }
  }

  /** It is well again. */
  record IsWell(ResourceName name, Ailment was) implements HealthEvent {
    @Override
    public String line() {
      return "instance "
          + name
          + " is well again; since "
          + was.since()
          + " "
          + was.verdict().words();
    }
  }

  /**
   * It was nudged, and is well.
   *
   * @param checks that had failed
   */
  record Nudged(ResourceName name, String found, int checks) implements HealthEvent {
    @Override
    public String line() {
      String nudges =
          Nudge.LADDER.stream().limit(checks).map(Nudge::words).collect(Collectors.joining(", "));
      return "instance " + name + " is well after " + nudges + "; there was " + found;
    }
  }
}
