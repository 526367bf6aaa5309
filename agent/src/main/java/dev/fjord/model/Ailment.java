package dev.fjord.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the watch over running instances has found, and could not nudge away.
 *
 * @param since when it was seen first
 * @param pid of the kernel that has it: another one has not
 * @param detail what was asked and did not answer, for a person
 * @param restartFrom when a restart is the next thing to try; null while it is not: of a kernel
 *     that ended, and where more than this instance is at fault
 * @param repairs the restarts that were to help, oldest first, as long as they count
 */
public record Ailment(
    Verdict verdict,
    Instant since,
    long pid,
    String detail,
    @Nullable Instant restartFrom,
    List<Repair> repairs) {
  /** After so many restarts no other is tried. */
  public static final int MOST_REPAIRS = 3;

  /** How long a restart counts, once its instance is well again. */
  public static final Duration COUNTS = Duration.ofHours(1);

  public Ailment {
    repairs = List.copyOf(repairs);
  }

  /** What is wrong, from the bottom up. */
  public enum Verdict {
    /** The process is gone. */
    DEAD("its kernel has ended"),
    /** The kernel does not answer on its mconsole, or its clock stands still. */
    KERNEL_HUNG("its kernel hangs"),
    /** Its kernel could not write to it, and writes to it no more. */
    ROOT_READ_ONLY("its root is read-only"),
    /** The kernel answers on the network, the program that should does not. */
    USER_SPACE_HUNG("its user space hangs"),
    /** The kernel's clock goes on, and an address does not answer. */
    NETWORK_WRONG("its network is wrong");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    /** A clause for a person. */
    public String words() {
      return words;
    }
  }

  /**
   * A restart that was to help.
   *
   * @param detail as the ailment's
   */
  public record Repair(Instant at, Verdict verdict, String detail) {}

  /** Whether restarts do not help. */
  public boolean isFlapping() {
    return repairs.size() >= MOST_REPAIRS;
  }
}
