package dev.fjord.plan;

/** What a change costs whoever uses the instance. */
public enum Disruption {
  NONE,
  /** The running machine ends; its disks stay. */
  RESTART,
  /** Disks go to the trash. */
  DATA
}
