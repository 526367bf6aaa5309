package dev.fjord.host.linux.uml;

import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a kernel as gently as it lets itself be ended: its guest is asked to shut down, then its
 * kernel to sync and power off, then it gets SIGTERM, then it is killed. Safe for use by many
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

  /** What it took to end it, from the gentlest to the harshest. */
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
   * How it ended.
   *
   * @param tried what was asked of it before, a clause each with how long it had
   */
  public record Ending(Rung rung, List<String> tried) {
    public Ending {
      tried = List.copyOf(tried);
    }

    /**
     * What a person should know of an end that was not a shutdown by the guest; null for nothing.
     */
    public @Nullable Problem problem(ResourceName name) {
      if (rung != Rung.TERMINATED && rung != Rung.KILLED) {
        return null;
      }
      String signal = rung == Rung.KILLED ? "SIGKILL" : "SIGTERM";
      return Problem.of(
              "ended-hard",
              "instance "
                  + name
                  + " did not shut down and was ended by "
                  + signal
                  + ": what its guest had not written to its disks is lost")
          .detail("tried: " + String.join("; ", tried) + "; then " + signal)
          .hint(
              "Its file systems recover their journals at the next start. A guest that needs longer"
                  + " to shut down gets it by 'stopTimeout' of the agent's settings.");
    }
  }

  /** What was tried so far, and how long each took. */
  private static final class Attempts {
    private final List<String> tried = new ArrayList<>();

    boolean ends(String what, BooleanSupplier step) {
      long from = System.nanoTime();
      boolean ended = step.getAsBoolean();
      double seconds = (System.nanoTime() - from) / 1e9;
      if (!ended) {
        tried.add(String.format(Locale.ROOT, "%s, no end within %.1f s", what, seconds));
      }
      return ended;
    }

    boolean isTaken(String what, boolean answered) {
      if (!answered) {
        tried.add(what + ", not taken by its kernel");
      }
      return answered;
    }

    Ending by(Rung rung) {
      return new Ending(rung, tried);
    }
  }

  /**
   * Ends the instance's kernel, and returns when it is gone and its console, too.
   *
   * @param uid as the instance's record says
   * @throws dev.fjord.problem.ProblemException when not even killing it helped
   */
  public Ending stop(ResourceName name, int uid) {
    KernelProcess kernel = processes.find(name, uid);
    Ending ending = kernel == null ? new Ending(Rung.DID_NOT_RUN, List.of()) : climb(name, kernel);
    killAll(name);
    sessions.end(name);
    Polling.until(LAST_BREATH, () -> groups.forget(name));
    log.forget(name);
    return ending;
  }

  /**
   * Kills the processes that are left: a kernel leaves none, but a guest that owns its process
   * could hide it or start more.
   */
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

  private Ending climb(ResourceName name, KernelProcess kernel) {
    Attempts attempts = new Attempts();
    Mconsole mconsole = Mconsole.of(layout, name, kernel);
    if (Proc.paused(kernel.pid())) {
      mconsole.ask("go");
    }
    if (attempts.isTaken("ctrl-alt-del", does(mconsole, "cad"))
        && attempts.ends("ctrl-alt-del", () -> shutsDown(name, kernel))) {
      return attempts.by(Rung.SHUT_DOWN);
    }
    if (hasPoweredOff(name)) {
      kill(name, kernel);
      return attempts.by(Rung.SHUT_DOWN);
    }
    if (attempts.isTaken(
        "sysrq s and u (sync, remount read-only)",
        does(mconsole, "sysrq s") && does(mconsole, "sysrq u"))) {
      gone(kernel, Duration.ofSeconds(1)); // Both only begin the writing.
      if (attempts.isTaken("sysrq o (power off)", does(mconsole, "sysrq o"))
          && attempts.ends("sysrq s, u and o", () -> gone(kernel, SYSRQ))) {
        return attempts.by(Rung.POWERED_OFF);
      }
    }
    signal(List.of(kernel), ProcessHandle::destroy);
    if (attempts.ends("SIGTERM", () -> gone(kernel, TERMINATE))) {
      return attempts.by(Rung.TERMINATED);
    }
    kill(name, kernel);
    return attempts.by(Rung.KILLED);
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
   * Whether kernel_power_off() is the last message on its console. 7.2.7 waits after that for a
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

  /** Whether it ended within {@code limit}, not counting time in which it was kept from running. */
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
