package dev.fjord.model;

import java.time.Instant;

/**
 * What the watch over running instances has found, and could not nudge away.
 *
 * @param since when it was seen first
 * @param pid of the kernel that has it: another one has not
 * @param detail what was asked and did not answer, for a person
 */
public record Ailment(Verdict verdict, Instant since, long pid, String detail) {
  /** What is wrong, from the bottom up. */
  public enum Verdict {
    /** The process is gone. */
    DEAD,
    /** The kernel does not answer on its mconsole, or its clock stands still. */
    KERNEL_HUNG,
    /** The kernel answers on the network, the program that should does not. */
    USER_SPACE_HUNG,
    /** The kernel's clock goes on, and an address does not answer. */
    NETWORK_WRONG
  }
}
