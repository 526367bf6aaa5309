package dev.fjord.plan;

/** What a change does to its resource. */
public enum Action {
  CREATE,
  UPDATE,
  START,
  STOP,
  RESTART,
  REPLACE,
  DELETE,
  RESTORE
}
