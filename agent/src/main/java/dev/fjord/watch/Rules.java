package dev.fjord.watch;

import java.time.Duration;

/**
 * How patient the watch is.
 *
 * @param interval between two checks
 * @param checks that fail in a row before it is an ailment; after each but the last there is a
 *     nudge
 * @param patience how long a network may be wrong before a restart is tried, since a run can mend
 *     faults on the host's side
 * @param settling how long after its first check a port need not accept connections yet, if it
 *     never has: services start after the network does
 */
public record Rules(Duration interval, int checks, Duration patience, Duration settling) {
  private static final int CHECKS = Nudge.LADDER.size() + 1;

  /** 2 minutes at the usual interval of 5 s. */
  private static final int PATIENT_CHECKS = 24;

  /**
   * Services may take this many times longer to start as long as they are busy: some hosts are
   * slow.
   */
  private static final int SLOWER = 10;

  Duration settling(boolean busy) {
    return busy ? settling.multipliedBy(SLOWER) : settling;
  }

  /** The usual ones: every nudge is tried once. */
  public static Rules of(Duration interval, Duration settling) {
    return new Rules(interval, CHECKS, interval.multipliedBy(PATIENT_CHECKS), settling);
  }
}
