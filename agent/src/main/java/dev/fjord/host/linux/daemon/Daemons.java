package dev.fjord.host.linux.daemon;

import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.host.linux.names.ServedNames;
import dev.fjord.host.linux.network.Links;
import dev.fjord.host.linux.uml.Connector;
import dev.fjord.host.linux.uml.KernelProcesses;
import dev.fjord.host.linux.uml.NetworkNamespace;
import dev.fjord.host.linux.uml.PlainText;
import dev.fjord.host.linux.uml.Polling;
import dev.fjord.host.linux.uml.Proc;
import dev.fjord.host.linux.uml.Starter;
import dev.fjord.model.ByteSize;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Daemon;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ObservedDaemon.Kind;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Bounds;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import dev.fjord.process.Detached;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Starts, ends and watches the programs that run for switches. Once they run they do not depend on
 * the agent.
 */
public final class Daemons {
  // Each wait ends as soon as what it waits for happens: only a real fault takes this long.
  private static final Duration SPAWN = Duration.ofMinutes(1);
  private static final Duration APPEARANCE = Duration.ofSeconds(2);
  private static final Duration TERMINATE = Duration.ofSeconds(10);
  private static final Duration KILL = Duration.ofMinutes(1);
  private static final Duration ENDING = Duration.ofSeconds(1);
  private static final int TOLD = 2000;

  /** Both programs need next to no memory. */
  private static final Bounds BOUNDS = new Bounds(ByteSize.mib(64), CpuShare.USUAL);

  private final DaemonLog log;
  private final DaemonProcesses processes;
  private final DaemonSockets sockets;
  private final DaemonCommand command;
  private final DaemonFolders folders;
  private final Links links;
  private final KernelProcesses chains;
  private final MachineGroups groups;

  public Daemons(Layout layout, Links links, ServedNames names, InstantSource clock) {
    this.links = links;
    this.chains = new KernelProcesses(layout);
    this.groups = new MachineGroups(layout);
    this.log = new DaemonLog(layout, clock);
    this.processes = new DaemonProcesses(layout);
    this.sockets = new DaemonSockets(layout, names);
    this.command = new DaemonCommand(layout);
    this.folders = new DaemonFolders(layout);
  }

  /**
   * Those that run, and those that ended by themselves.
   *
   * @param mains the second processes of all pid namespaces, {@link KernelProcesses.Seen}
   */
  public List<ObservedDaemon> observe(Set<Long> mains) {
    List<ObservedDaemon> seen = new ArrayList<>();
    Instant boot = Proc.hostBoot();
    for (DaemonProcess found : processes.among(mains)) {
      seen.removeIf(
          other -> other.kind() == found.kind() && other.network().equals(found.network()));
      seen.add(
          new ObservedDaemon(
              found.kind(),
              found.network(),
              found.process().pid(),
              found.process().started(boot),
              Daemon.settings(found.uid(), found.arguments()),
              sockets.answers(found),
              log.starts(found.kind(), found.network())));
    }
    for (Kind kind : Kind.values()) {
      for (ResourceName name : log.known(kind)) {
        if (seen.stream().noneMatch(one -> one.kind() == kind && one.network().equals(name))) {
          seen.add(ObservedDaemon.gone(kind, name, log.starts(kind, name)));
        }
      }
    }
    return seen;
  }

  /**
   * Has it run and answer.
   *
   * @throws dev.fjord.problem.ProblemException {@code daemon-missing} when the program is not
   *     installed, {@code daemon-died} with its output
   */
  public void run(Step.RunDaemon step) {
    Daemon daemon = step.daemon();
    List<DaemonProcess> there = processes.of(daemon.kind(), daemon.network());
    boolean right =
        there.size() == 1
            && Daemon.settings(there.get(0).uid(), there.get(0).arguments())
                .equals(daemon.settings())
            && sockets.answers(there.get(0));
    List<String> words = right ? List.of() : command.words(daemon);
    if (right && daemon.tap() != null) {
      long pid = there.get(0).process().pid();
      boolean apart = NetworkNamespace.isApart(pid);
      links.connect(daemon, daemon.tap(), apart ? new Connector.Place(pid, false) : null);
    } else if (!right) {
      there.forEach(this::end);
      start(daemon, words);
    }
    // Its work for guests counts as that of one more machine, and not as the host's own.
    for (DaemonProcess one : processes.of(daemon.kind(), daemon.network())) {
      groups.holdBeside(
          group(daemon.kind(), daemon.network()), BOUNDS, chains.around(one.process()));
    }
  }

  /**
   * As {@link #run}, with a new start: what the daemon read before is gone, whether it has noticed
   * that or not.
   */
  public void runAnew(Step.RunDaemon step) {
    processes.of(step.daemon().kind(), step.daemon().network()).forEach(this::end);
    run(step);
  }

  /**
   * A process in the network namespace of a switch's uml_switch(1), where its guests have to be.
   *
   * @throws dev.fjord.problem.ProblemException {@code daemon-missing} when there is none
   */
  public long beside(ResourceName network) {
    return processes.of(Kind.SWITCH, network).stream()
        .map(daemon -> daemon.process().pid())
        .findFirst()
        .orElseThrow(() ->
            Problem.of("daemon-missing", "uml_switch of switch " + network + " runs no more")
                .hint("The next run starts it, and then those that need it.")
                .asException());
  }

  private static String group(Kind kind, ResourceName network) {
    return kind.program() + "-" + network;
  }

  /** Ends it, if it runs, and removes what it had. */
  public void end(Step.EndDaemon step) {
    processes.of(step.kind(), step.network()).forEach(this::end);
    step.taps().forEach(links::removePort);
    log.forget(step.kind(), step.network());
    String group = group(step.kind(), step.network());
    Polling.until(ENDING, () -> groups.forgetBeside(group));
  }

  /**
   * Makes the daemons of names read the names again, and waits until they know {@code mark}. A
   * daemon that does not get there is found by the next look.
   */
  public void reload(String mark) {
    List<DaemonProcess> told =
        processes.all().stream()
            .filter(daemon -> daemon.kind() == Kind.NAMES && Proc.lives(daemon.process()))
            .toList();
    told.forEach(daemon -> Command.of("kill", "-HUP", Long.toString(daemon.process().pid())).run());
    told.forEach(daemon -> sockets.learns(daemon, mark));
  }

  private void start(Daemon daemon, List<String> words) {
    folders.prepare(daemon);
    log.begin(daemon.kind(), daemon.network());
    Path output = log.output(daemon.kind(), daemon.network());
    if (daemon.kind() == Kind.SWITCH) {
      startApart(daemon, words, output);
    } else {
      Detached.start(words, output);
    }
    long begun = System.nanoTime();
    boolean[] died = new boolean[1];
    boolean[] opened = new boolean[1];
    boolean answers =
        Polling.until(
            SPAWN,
            () -> {
              List<DaemonProcess> found = processes.of(daemon.kind(), daemon.network());
              died[0] = found.isEmpty() && System.nanoTime() - begun > APPEARANCE.toNanos();
              if (!found.isEmpty() && !opened[0] && sockets.isBound(found.get(0))) {
                opened[0] = open(daemon);
              }
              return died[0] || !found.isEmpty() && sockets.answers(found.get(0));
            });
    if (died[0] || !answers) {
      throw Problem.of(
              "daemon-died",
              daemon.kind().program()
                  + (daemon.kind() == Kind.CAPTURE ? " of instance " : " of switch ")
                  + daemon.network()
                  + (died[0] ? " ended at once" : " does not answer"))
          .detail(said(output))
          .hint(hint(daemon.kind()))
          .asException();
    }
  }

  /**
   * In a network namespace that is the uml_switches' and their guests', since they speak by
   * abstract sockets and a machine may be on several; never the host's, whose sockets of that kind
   * would be in their reach. Where a daemon that an older agent started runs in the host's
   * namespace, that one is used until the last such daemon has ended.
   */
  private synchronized void startApart(Daemon daemon, List<String> words, Path output) {
    Long beside =
        processes.all().stream()
            .filter(other -> other.kind() == Kind.SWITCH)
            .map(other -> other.process().pid())
            .findFirst()
            .orElse(null);
    if (beside != null && !NetworkNamespace.isApart(beside)) {
      links.connect(daemon, Objects.requireNonNull(daemon.tap()), null);
      Detached.start(words, output);
      return;
    }
    try {
      Files.write(output, new byte[0]);
    } catch (IOException e) {
      throw Problem.of("write-failed", "writing " + output + " failed")
          .detail(e.toString())
          .asException(e);
    }
    Starter starter = beside == null ? Starter.apart() : Starter.beside(beside);
    starter.start(
        output,
        words,
        pid -> {
          if (!Polling.until(SPAWN, () -> NetworkNamespace.isApart(pid))) {
            throw Problem.of("no-namespace", "no network namespace could be made for uml_switch")
                .hint("Does the host's kernel have CONFIG_NET_NS? Look into dmesg.")
                .asException();
          }
          links.connect(
              daemon, Objects.requireNonNull(daemon.tap()), new Connector.Place(pid, true));
        });
    // The next one is to find it.
    Polling.until(SPAWN, () -> !processes.of(daemon.kind(), daemon.network()).isEmpty());
  }

  private static String hint(Kind kind) {
    return switch (kind) {
      case SWITCH -> "The next runs try again. No guest of the switch is started until it runs.";
      case CAPTURE -> "The next runs try again. The instance runs without it.";
      case NAMES ->
          "If the address is in use, another program serves names on port 53 of it: 'ss -lnup"
              + " sport = 53' names it. The next runs try again.";
    };
  }

  private boolean open(Daemon daemon) {
    if (daemon.kind() == Kind.SWITCH) {
      Command.of(command.opening(daemon)).output();
    }
    return true;
  }

  private void end(DaemonProcess daemon) {
    signal(daemon, ProcessHandle::destroy);
    if (Polling.until(TERMINATE, () -> !Proc.lives(daemon.process()))) {
      return;
    }
    signal(daemon, ProcessHandle::destroyForcibly);
    if (!Polling.until(KILL, () -> !Proc.lives(daemon.process()))) {
      throw Problem.of(
              "daemon-unkillable",
              daemon.kind().program() + " of " + daemon.network() + " is there after SIGKILL")
          .detail("pid " + daemon.process().pid())
          .asException();
    }
  }

  private static void signal(DaemonProcess daemon, Consumer<ProcessHandle> how) {
    ProcessHandle.of(daemon.process().pid())
        .filter(handle -> Proc.lives(daemon.process()))
        .ifPresent(how);
  }

  private static String said(Path output) {
    try {
      byte[] bytes = Files.readAllBytes(output);
      int from = Math.max(0, bytes.length - TOLD);
      return PlainText.of(new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8))
          .strip();
    } catch (IOException gone) {
      return "";
    }
  }
}
