package dev.fjord.host.linux.uml;

import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Ends a kernel as gently as it lets itself be ended: its guest is asked to shut down, then its
 * kernel to sync and power off, then it is told to end, then it is killed. Safe for use by many
 * threads, one for each instance.
 */
public final class KernelStopper {
  public static final Duration USUAL_PATIENCE = Duration.ofSeconds(20);

  /** A guest that takes longer is looked at: it may have powered off. */
  private static final Duration USUAL_SHUT_DOWN = Duration.ofSeconds(3);

  private static final Duration LAST_BREATH = Duration.ofSeconds(1);
  private static final Duration SYSRQ = Duration.ofSeconds(10);
  private static final Duration TERMINATE = Duration.ofSeconds(5);

  /** What is killed gives back its memory, page by page; nothing but waiting is left to do. */
  private static final Duration KILL = Duration.ofMinutes(2);

  private final Layout layout;
  private final StartLog log;
  private final Duration patience;
  private final ScreenSessions sessions;
  private final KernelProcesses processes;
  private final MachineGroups groups;

  /**
   * @param patience how long a guest may take to shut down, as {@link Patience} counts it
   */
  public KernelStopper(Layout layout, StartLog log, Duration patience) {
    this.layout = layout;
    this.log = log;
    this.patience = patience;
    this.sessions = new ScreenSessions(layout);
    this.processes = new KernelProcesses(layout);
    this.groups = new MachineGroups(layout);
  }

  /** What it took; the later, the ruder. */
  public enum Rung {
    DID_NOT_RUN,
    /** Its guest shut down; its process may have had to be killed after that. */
    SHUT_DOWN,
    /** Its kernel wrote its disks and powered off, with no help from the guest. */
    POWERED_OFF,
    /** It ended at SIGTERM; the next mount recovers the journal. */
    TERMINATED,
    KILLED
  }

  /**
   * Ends the instance's kernel, and returns when it is gone and its console, too.
   *
   * @param uid as the instance's record says
   * @throws dev.fjord.problem.ProblemException when not even killing it helped
   */
  public Rung stop(ResourceName name, int uid) {
    KernelProcess kernel = processes.find(name, uid);
    Rung rung = kernel == null ? Rung.DID_NOT_RUN : climb(name, kernel);
    killAll(name);
    sessions.end(name);
    Polling.until(LAST_BREATH, () -> groups.forget(name));
    log.forget(name);
    return rung;
  }

  /** What is left: nothing of a kernel's, but who owns its process could hide it or start more. */
  private void killAll(ResourceName name) {
    long end = System.nanoTime() + KILL.toNanos();
    List<KernelProcess> left = processes.confining(name);
    while (!left.isEmpty()) {
      signal(left, ProcessHandle::destroyForcibly);
      if (System.nanoTime() > end) {
        throw unkillable(name, left.get(0));
      }
      Polling.milliseconds(20);
      left = processes.confining(name);
    }
  }

  private Rung climb(ResourceName name, KernelProcess kernel) {
    Mconsole mconsole = Mconsole.of(layout, name, kernel);
    if (Proc.paused(kernel.pid())) {
      mconsole.ask("go");
    }
    if (does(mconsole, "cad") && shutsDown(name, kernel)) {
      return Rung.SHUT_DOWN;
    }
    if (hasPoweredOff(name)) {
      kill(name, kernel);
      return Rung.SHUT_DOWN;
    }
    if (does(mconsole, "sysrq s") && does(mconsole, "sysrq u")) {
      gone(kernel, Duration.ofSeconds(1)); // Both only begin the writing.
      if (does(mconsole, "sysrq o") && gone(kernel, SYSRQ)) {
        return Rung.POWERED_OFF;
      }
    }
    signal(List.of(kernel), ProcessHandle::destroy);
    if (gone(kernel, TERMINATE)) {
      return Rung.TERMINATED;
    }
    kill(name, kernel);
    return Rung.KILLED;
  }

  private boolean shutsDown(ResourceName name, KernelProcess kernel) {
    long[] looked = {System.nanoTime()};
    boolean ended =
        hasEnded(
            kernel,
            patience,
            () -> {
              if (System.nanoTime() - looked[0] < USUAL_SHUT_DOWN.toNanos()) {
                return false;
              }
              looked[0] = System.nanoTime();
              return hasPoweredOff(name);
            });
    return ended && gone(kernel, LAST_BREATH);
  }

  /**
   * Whether kernel_power_off() was the last that its console told of. 7.2.7 waits after that for a
   * thread of its own that never ends (os_kill_helper_thread), and takes no notice of SIGTERM.
   */
  private boolean hasPoweredOff(ResourceName name) {
    ScreenSessions.Session session = sessions.find(name);
    return session != null
        && sessions
            .shown(name, session)
            .lines()
            .filter(line -> !line.isBlank())
            .reduce((one, next) -> next)
            .filter(line -> line.strip().endsWith("reboot: Power down"))
            .isPresent();
  }

  /** Killing the first process of its pid namespace kills all that is left in there. */
  private static void kill(ResourceName name, KernelProcess kernel) {
    KernelProcess first = Proc.first(kernel);
    signal(
        first == null ? List.of(kernel) : List.of(first, kernel), ProcessHandle::destroyForcibly);
    if (!gone(kernel, KILL)) {
      throw unkillable(name, kernel);
    }
  }

  private static RuntimeException unkillable(ResourceName name, KernelProcess left) {
    return Problem.of(
            "kernel-unkillable", "the kernel of instance " + name + " is still there after SIGKILL")
        .detail("pid " + left.pid())
        .hint("It waits for a disk of the host: look for errors in dmesg.")
        .asException();
  }

  private static boolean does(Mconsole mconsole, String command) {
    return mconsole.ask(command) instanceof MconsoleReply.Answer;
  }

  /** Whether it ended within {@code limit} of what it was let run. */
  private static boolean gone(KernelProcess kernel, Duration limit) {
    return hasEnded(kernel, limit, () -> false);
  }

  private static boolean hasEnded(KernelProcess kernel, Duration limit, BooleanSupplier enough) {
    return Polling.until(
            Patience.of(limit),
            () -> Effort.of(kernel.pid()),
            () -> 0,
            () -> !Proc.lives(kernel) || enough.getAsBoolean())
        == Patience.Verdict.WAIT;
  }

  /** A handle is bound to the start time that it was made with: no later process is hit. */
  private static void signal(List<KernelProcess> processes, Consumer<ProcessHandle> how) {
    for (KernelProcess process : processes) {
      ProcessHandle.of(process.pid()).filter(handle -> Proc.lives(process)).ifPresent(how);
    }
  }
}
