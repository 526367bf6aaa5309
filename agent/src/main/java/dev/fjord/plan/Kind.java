package dev.fjord.plan;

/** What a change is about. */
public enum Kind {
  KERNEL,
  IMAGE,
  SWITCH,
  PORT,
  FILTER,
  INSTANCE
}
