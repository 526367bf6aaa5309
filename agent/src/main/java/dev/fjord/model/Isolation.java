package dev.fjord.model;

/** Which of a switch's instances are kept apart. */
public enum Isolation {
  /** None: neighbours talk. */
  NONE,
  /** Those of different owners. */
  PARTNERS,
  /** All of them. */
  ALL
}
