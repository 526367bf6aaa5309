package dev.fjord.watch;

import dev.fjord.model.Ailment;
import dev.fjord.model.ResourceName;
import java.util.stream.Collectors;

/** What the watch tells once, when it becomes so. */
public sealed interface News {
  /** One line for a log. */
  String line();

  /** An instance ails, or ails otherwise than before. */
  record Ails(ResourceName name, Ailment ailment) implements News {
    @Override
    public String line() {
      return "instance " + name + ": " + ailment.verdict().words() + ": " + ailment.detail();
    }
  }

  /** It is well again. */
  record IsWell(ResourceName name, Ailment was) implements News {
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
  record Nudged(ResourceName name, String found, int checks) implements News {
    @Override
    public String line() {
      String nudges =
          Nudge.LADDER.stream().limit(checks).map(Nudge::words).collect(Collectors.joining(", "));
      return "instance " + name + " is well after " + nudges + "; there was " + found;
    }
  }
}
