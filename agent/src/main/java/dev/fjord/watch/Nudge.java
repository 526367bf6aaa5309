package dev.fjord.watch;

import java.util.List;

/** What may revive a machine that has lost a signal, and harms no machine that is well. */
public enum Nudge {
  /** A packet makes the host raise the signal that was lost. */
  PING("a ping"),
  /** The signal itself. */
  SIGIO("SIGIO"),
  /** A command that its kernel handles by another path than packets. */
  SYSRQ("sysrq h");

  /** The mildest first. */
  static final List<Nudge> LADDER = List.of(PING, SIGIO, SYSRQ);

  private final String words;

  Nudge(String words) {
    this.words = words;
  }

  /** What it is called in logs and reports. */
  public String words() {
    return words;
  }
}
