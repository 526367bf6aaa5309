package dev.fjord.model;

/** What an instance is to do. */
public enum Power {
  RUNNING,
  STOPPED,
  /** Started, and then held still: it keeps its memory and uses no processor. */
  PAUSED
}
