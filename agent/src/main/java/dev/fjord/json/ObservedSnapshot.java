package dev.fjord.json;

import dev.fjord.model.Observed;
import dev.fjord.problem.ProblemException;

/**
 * What one look at a host has seen, as JSON, so that it can be read where that host is not: a plan
 * that is made from what was read is the plan that the host itself would make. It holds no key, no
 * password and no byte of a disk, but names, addresses and paths of all owners' machines.
 */
public final class ObservedSnapshot {
  /** A host of 200 machines, each with all that a machine may have, takes a tenth of this. */
  private static final int LONGEST = 32 << 20;

  static final FileFormat<Observed> FORMAT =
      new FileFormat<>(Observed.class, 1, LONGEST, "What that host has is not known.");

  private ObservedSnapshot() {}

  /** The snapshot's content; {@link #read} gives an equal value. */
  public static byte[] of(Observed observed) {
    return FORMAT.bytes(observed);
  }

  /**
   * Reads a snapshot.
   *
   * @param origin where it comes from, for errors
   * @throws ProblemException {@code unreadable-json}, also when it is too long, or {@link
   *     FileFormat#NEWER}
   */
  public static Observed read(byte[] json, String origin) {
    return FORMAT.parse(json, origin);
  }
}
