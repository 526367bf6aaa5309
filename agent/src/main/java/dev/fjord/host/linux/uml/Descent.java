package dev.fjord.host.linux.uml;

import dev.fjord.process.Effort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes down to a kernel from what runs on its terminal: the process that unties it, bubblewrap,
 * bubblewrap as the first process of its pid namespace, kernel. A few small files instead of all of
 * {@code /proc}: 200 instances may be starting. Not thread-safe.
 */
final class Descent {
  /** How long a terminal that could run may be empty before that is taken for an end. */
  private static final long EMPTY_NANOS = 1_000_000_000;

  /**
   * How long it may be absent: it can be found a moment after it was started, which is long on a
   * busy host.
   */
  private static final long ABSENT_NANOS = 30_000_000_000L;

  private static final int DEPTH = 3;

  private final int uid;
  private long emptySince;
  private boolean absent;

  Descent(int uid) {
    this.uid = uid;
  }

  /**
   * The kernel's main process, or null while there is none.
   *
   * @param terminal null while there is none
   * @param begun what runs on it, see {@link ScreenSessions#running}
   */
  @Nullable KernelProcess from(ScreenSessions.@Nullable Session terminal, List<Long> begun) {
    List<Long> below = begun;
    absent = terminal == null;
    // A process that wants a processor has not finished its step: it is about to begin its program,
    // or to end.
    if (!below.isEmpty() || terminal != null && Effort.of(terminal.pid()).wantsProcessor()) {
      emptySince = 0;
    } else if (emptySince == 0) {
      emptySince = System.nanoTime();
    }
    for (int depth = 0; depth < DEPTH; depth++) {
      below = below.stream().flatMap(pid -> Proc.children(pid).stream()).toList();
    }
    return below.stream()
        .filter(pid -> KernelProcesses.isMain(pid, uid))
        .findFirst()
        .map(Proc::process)
        .orElse(null);
  }

  /** Whether what ran in the terminal has ended. */
  boolean ended() {
    return emptySince != 0
        && System.nanoTime() - emptySince > (absent ? ABSENT_NANOS : EMPTY_NANOS);
  }
}
