package dev.fjord.plan;

/** What a change costs the users of an instance. */
public enum Disruption {
  NONE,
  /** The running machine ends; its disks stay. */
  RESTART,
  /** Disks go to the trash. */
  DATA
}
