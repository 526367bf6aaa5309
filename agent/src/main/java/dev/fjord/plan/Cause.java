package dev.fjord.plan;

/** Why a change is due. */
public enum Cause {
  /** A commit asked for it. */
  INTENDED,
  /** The host had drifted from what was applied. */
  CORRECTIVE,
  /** An earlier apply did not come to its end. */
  RECOVERY,
  /** A change had made things worse. */
  ROLLBACK
}
