package dev.fjord.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fault of a running instance that the watch has found and that no nudge has mended.
 *
 * @param since when it was seen first
 * @param pid of the kernel that has the fault; a kernel with another pid does not have it
 * @param detail what was asked and did not answer, for a person
 * @param restartFrom when a restart is to be tried next; null when none is to be tried: for a
 *     kernel that has ended, and where more than this instance is at fault
 * @param repairs the restarts that still count as attempts to mend it, oldest first
 */
public record Ailment(
    Verdict verdict,
    Instant since,
    long pid,
    String detail,
    @Nullable Instant restartFrom,
    List<Repair> repairs) {
  /** After this many restarts no other is tried. */
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
    /** The kernel failed to write to its root, and no longer tries. */
    ROOT_READ_ONLY("its root is read-only"),
    /** The kernel answers on the network, but the program that should answer does not. */
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
   * A restart that was meant to mend the ailment.
   *
   * @param detail as the ailment's
   */
  public record Repair(Instant at, Verdict verdict, String detail) {}

  /** Whether restarts do not help. */
  public boolean isFlapping() {
    return repairs.size() >= MOST_REPAIRS;
  }
}
