package dev.fjord.host.linux.uml;

import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step.Launch;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Starts an instance's kernel and waits until its guest answers. The kernel then does not depend on
 * the agent. Safe for use by many threads, one for each instance.
 */
public final class KernelStarter {
  public static final Duration USUAL_DEADLINE = Duration.ofSeconds(90);

  /** A chain of some eight short programs: a host that takes longer has stopped. */
  private static final Duration SPAWN = Duration.ofMinutes(1);

  /** How many times longer a boot may take that moves: hosts differ that much in speed. */
  private static final int SLOWER = 10;

  /** How long a boot may keep others from beginning; it goes on after that. */
  private static final Duration TURN = Duration.ofSeconds(30);

  /** How long an ended process may stay until its parent has waited for it. */
  private static final Duration ENDING = Duration.ofSeconds(1);

  /** UBD_MAJOR (arch/um/drivers/ubd_kern.c), and the first disk. */
  private static final String MISSED_ROOT = "Unable to mount root fs on unknown-block(98,0)";

  private final Layout layout;
  private final KernelTrial trial;
  private final StartLog log;
  private final Duration deadline;
  private final BootPace pace = BootPace.ofHost();
  private final ScreenSessions sessions;
  private final KernelProcesses processes;
  private final PostMortem postMortem;
  private final Connector connector;
  private final MachineGroups groups;
  private final StartsUnderWay underWay;

  /**
   * @param deadline for a guest to answer, as {@link Patience} counts it: from when its kernel got
   *     to run, without what others took of the processors. A boot that still moves then has ten
   *     times as long, one that stands still half of it
   */
  public KernelStarter(
      Layout layout,
      KernelTrial trial,
      StartLog log,
      PostMortem postMortem,
      Duration deadline,
      Connector connector,
      StartsUnderWay underWay) {
    this.underWay = underWay;
    this.connector = connector;
    this.groups = new MachineGroups(layout);
    this.layout = layout;
    this.trial = trial;
    this.log = log;
    this.deadline = deadline;
    this.sessions = new ScreenSessions(layout);
    this.processes = new KernelProcesses(layout);
    this.postMortem = postMortem;
  }

  /** Makes in advance what the first start needs, so that this start does not take longer. */
  public void prepare() {
    new RetapLibrary(layout).compiled();
  }

  /**
   * Starts the kernel unless it runs, and returns when the guest answers on every address, or, with
   * no address, when its kernel does.
   *
   * @param awaiting called once the kernel is there and only its guest is waited for
   * @throws dev.fjord.problem.ProblemException {@code kernel-died}; {@code never-answered} or
   *     {@code given-up}, and then the kernel runs on; or another problem that prevented the start,
   *     and then nothing was started
   */
  public KernelProcess start(Launch launch, Runnable awaiting) {
    provide(launch);
    try {
      return once(launch, awaiting);
    } catch (ProblemException e) {
      if (hasMissedItsRoot(e.problem())) {
        return once(launch, awaiting);
      }
      throw e;
    }
  }

  /**
   * One boot in some 400 of 6.1.176 finds no root before it has read or written any of it, and the
   * next one does. For a root that has no file system this takes a second more.
   */
  private static boolean hasMissedItsRoot(Problem problem) {
    String shown = problem.detail();
    return problem.code().equals("kernel-died")
        && shown != null
        && shown.replace("\n", "").contains(MISSED_ROOT);
  }

  /**
   * Makes what a start needs beside its disks, and finds out what would hinder it: before a kernel
   * that runs is ended for it.
   *
   * @throws dev.fjord.problem.ProblemException when the start would fail
   */
  public void provide(Launch launch) {
    new ModulesDisk(layout).provide(launch);
  }

  private KernelProcess once(Launch launch, Runnable awaiting) {
    LaunchDisks disks = LaunchDisks.of(launch.name(), launch.boot().arguments(), layout);
    KernelProcess kernel = running(launch, disks);
    if (kernel != null) {
      groups.hold(launch.name(), launch.bounds(), processes.around(launch.name(), kernel));
      connector.connect(launch, placeOf(kernel));
    }
    if (kernel == null || !log.isReady(launch.name(), kernel)) {
      try (BootPace.Turn turn = pace.await(trial.took(launch.kernel(), launch.kernelDigest()))) {
        kernel = kernel == null ? spawn(launch, disks) : kernel;
        awaiting.run();
        awaitAnswer(launch, kernel, turn);
      }
    }
    if (launch.paused()) {
      new KernelPause(layout).pause(launch.name(), kernel);
    }
    return kernel;
  }

  private static Connector.@Nullable Place placeOf(KernelProcess kernel) {
    return NetworkNamespace.isApart(kernel.pid()) ? new Connector.Place(kernel.pid(), false) : null;
  }

  /** A kernel that an agent started before, perhaps one that was killed while it waited. */
  private @Nullable KernelProcess running(Launch launch, LaunchDisks disks) {
    // A kernel takes its lock a moment after it was started: the terminal knows it before.
    KernelProcess kernel = sessions.find(launch.name()) == null ? null : inTerminal(launch);
    if (kernel == null && disks.inUse(launch.name())) {
      kernel = processes.find(launch.name(), launch.uid());
      if (kernel == null) {
        throw Problem.of(
                "cow-in-use",
                "instance " + launch.name() + " was not started: a process holds " + disks.cow())
            .hint("It is not a kernel of fjord's. 'fuser " + disks.cow() + "' names it.")
            .asException();
      }
    }
    return kernel;
  }

  private KernelProcess spawn(Launch launch, LaunchDisks disks) {
    ResourceName name = launch.name();
    Starter.Begun begun = new InstanceCommand(layout, trial).begun(launch, disks);
    sessions.end(name); // Of a kernel that has died: only the window is left.
    forgetConsoleUse(name);
    // Guests of one uml_switch speak by abstract sockets, and so have to be where it is.
    Long beside = connector.beside(launch);
    boolean apart = beside == null || NetworkNamespace.isApart(beside);
    ScreenSessions.Session terminal =
        sessions.open(name, launch.uid(), pid -> groups.hold(name, launch.bounds(), List.of(pid)));
    sessions.run(
        name,
        terminal,
        begun,
        apart ? Long.valueOf(beside == null ? terminal.pid() : beside) : null,
        pid -> {
          groups.hold(name, launch.bounds(), List.of(pid));
          connector.connect(launch, apart ? new Connector.Place(pid, true) : null);
          log.begin(name, groups.killed(name));
        });
    KernelProcess kernel = inTerminal(launch);
    if (kernel == null) {
      throw failed(name, "kernel-died", "ended at once").asException();
    }
    return kernel;
  }

  /** The kernel in the instance's terminal, once it is there; null when there is none any more. */
  private @Nullable KernelProcess inTerminal(Launch launch) {
    Descent descent = new Descent(launch.uid());
    AtomicReference<@Nullable KernelProcess> found = new AtomicReference<>();
    Polling.until(
        SPAWN,
        () -> {
          ScreenSessions.Session session = sessions.find(launch.name());
          found.set(
              descent.from(
                  session, session == null ? List.of() : sessions.running(launch.name(), session)));
          return found.get() != null || descent.ended();
        });
    return found.get();
  }

  private void awaitAnswer(Launch launch, KernelProcess kernel, BootPace.Turn turn) {
    ResourceName name = launch.name();
    if (Proc.paused(kernel.pid())) {
      new KernelPause(layout).resume(name, kernel);
    }
    Readiness readiness = new Readiness(Mconsole.of(layout, name, kernel), launch.ports());
    Patience patience =
        Patience.of(deadline)
            .whileMoving(deadline.multipliedBy(SLOWER))
            .untilStillFor(deadline.dividedBy(2));
    boolean[] died = new boolean[1];
    Patience.Verdict verdict =
        Polling.until(
            patience,
            () -> Effort.of(kernel.pid()),
            () -> Proc.lastOutput(kernel.pid()),
            () -> {
              died[0] = !Proc.lives(kernel);
              if (!patience.moves() || patience.spent().compareTo(TURN) > 0) {
                turn.close(); // It waits, or keeps others waiting: the next one need not.
              }
              return died[0] || underWay.isGivenUp(name) || readiness.reached();
            });
    if (!died[0] && underWay.isGivenUp(name)) {
      log.giveUp(name);
      throw Problem.of(
              "given-up", "the start of instance " + name + " was not waited for any longer")
          .detail("something newer is to happen to it")
          .asException();
    }
    if (died[0]) {
      throw failed(name, "kernel-died", "ended before its guest answered").asException();
    }
    if (verdict != Patience.Verdict.WAIT) {
      throw failed(name, "never-answered", unanswered(verdict, readiness))
          .hint("See what it does: fjord console " + name)
          .asException();
    }
    turn.answered();
    log.ready(name, kernel);
  }

  private String unanswered(Patience.Verdict verdict, Readiness readiness) {
    String runs = " and runs on: " + readiness;
    return verdict == Patience.Verdict.STANDS_STILL
        ? "has done nothing for " + deadline.dividedBy(2).toSeconds() + " s," + runs
        : "did not answer within " + deadline.toSeconds() + " s," + runs;
  }

  /** Keeps what the console showed; ends the session unless a kernel still runs in it. */
  private Problem failed(ResourceName name, String code, String what) {
    boolean ended = code.equals("kernel-died");
    String shown = postMortem.failed(name, ended);
    log.failed(name, ended);
    if (ended) {
      sessions.end(name);
      Polling.until(ENDING, () -> groups.forget(name));
    }
    return Problem.of(code, "the kernel of instance " + name + " " + what).detail(shown);
  }

  private void forgetConsoleUse(ResourceName name) {
    try {
      Files.deleteIfExists(layout.consoleUsed(name));
    } catch (IOException e) {
      throw Problem.of("write-failed", "removing " + layout.consoleUsed(name) + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }
}
