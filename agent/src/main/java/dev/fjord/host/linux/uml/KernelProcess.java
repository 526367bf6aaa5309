package dev.fjord.host.linux.uml;

import java.time.Instant;

/**
 * A kernel's main process, distinguished from any later one that gets the same pid.
 *
 * @param pid as the host counts
 * @param startTicks when it was started, in clock ticks since the host booted (proc_pid_stat(5))
 */
public record KernelProcess(long pid, long startTicks) {
  /** USER_HZ of every architecture that UML runs on. */
  private static final int MILLIS = 10;

  /** When it was started, to a hundredth of a second. */
  public Instant started(Instant hostBoot) {
    return hostBoot.plusMillis(startTicks * MILLIS);
  }
}
