package dev.fjord.report;

import org.jspecify.annotations.Nullable;

/**
 * Which process keeps a host as it should be at this moment.
 *
 * @param pid the process; null when there is none
 */
public record Presence(Kind kind, @Nullable Long pid) {
  public static final Presence NOBODY = new Presence(Kind.NOBODY, null);

  /** What that process is. */
  public enum Kind {
    AGENT,
    /** A single run, or an agent that is only just beginning or ending. */
    RUN,
    NOBODY
  }

  boolean isAgent() {
    return kind == Kind.AGENT;
  }
}
