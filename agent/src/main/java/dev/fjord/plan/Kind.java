package dev.fjord.plan;

/** What a change is about. */
public enum Kind {
  KERNEL,
  IMAGE,
  SWITCH,
  PORT,
  FILTER,
  /** Routes of the host to what is behind instances. */
  ROUTE,
  /** A program that runs for a switch. */
  DAEMON,
  /** Files with the names of instances. */
  NAMES,
  INSTANCE
}
