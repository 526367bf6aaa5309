package dev.fjord.host.linux.uml;

import dev.fjord.process.Command;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the host reports of one kernel's main process, at the cost of a few reads of {@code /proc}.
 */
public final class KernelLife {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private KernelLife() {}

  /** The process of that pid as long as it lives; null when there is none. */
  public static @Nullable KernelProcess of(long pid) {
    return Proc.process(pid);
  }

  public static boolean lives(KernelProcess kernel) {
    return Proc.lives(kernel);
  }

  /** Whether it is held still by its mconsole's {@code stop}. */
  public static boolean isPaused(KernelProcess kernel) {
    return Proc.paused(kernel.pid());
  }

  /**
   * Sends SIGIO, which makes a kernel look for input.
   *
   * @param uid the user that it should run as: a process of another user is not that kernel, and is
   *     sent nothing
   */
  public static void remind(KernelProcess kernel, int uid) {
    if (KernelProcesses.isMain(kernel.pid(), uid) && Proc.lives(kernel)) {
      Command.of("kill", "-s", "IO", Long.toString(kernel.pid())).timeout(LIMIT).run();
    }
  }
}
