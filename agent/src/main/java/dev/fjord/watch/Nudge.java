package dev.fjord.watch;

import java.util.List;

/** What may bring a machine back that has lost a signal, and harms none that is well. */
public enum Nudge {
  /** A packet makes the host raise the signal that was lost. */
  PING("a ping"),
  /** The signal itself. */
  SIGIO("SIGIO"),
  /** A command that its kernel works off in another way than it takes packets. */
  SYSRQ("sysrq h");

  /** The mildest first. */
  static final List<Nudge> LADDER = List.of(PING, SIGIO, SYSRQ);

  private final String words;

  Nudge(String words) {
    this.words = words;
  }

  /** As it is called in logs and reports. */
  public String words() {
    return words;
  }
}
