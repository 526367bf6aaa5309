package dev.fjord.host.linux.uml;

import dev.fjord.model.InterfaceName;
import dev.fjord.model.Layout;
import dev.fjord.model.LostTaps;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds kernels that have lost their taps, and makes them take up new ones. What a kernel holds is
 * read from the host's kernel, not asked of the guest's. Safe for use by many threads.
 */
public final class TapRepair {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration QUESTION = Duration.ofMillis(500);

  private final Layout layout;
  private final StartLog log;
  private final RetapLibrary library;

  public TapRepair(Layout layout, StartLog log) {
    this.layout = layout;
    this.log = log;
    this.library = new RetapLibrary(layout);
  }

  /**
   * What a kernel has lost. A guest that takes an interface down closes its descriptor, and one
   * that boots has not opened it yet: neither has lost anything.
   *
   * @param taps that it should hold
   */
  public LostTaps observe(ResourceName name, long pid, Collection<InterfaceName> taps) {
    Set<InterfaceName> lost = lost(pid, taps);
    KernelProcess kernel = lost.isEmpty() ? null : Proc.process(pid);
    return kernel == null
        ? LostTaps.NONE
        : new LostTaps(lost, library.isIn(pid) && !log.isDeaf(name, kernel));
  }

  private static Set<InterfaceName> lost(long pid, Collection<InterfaceName> taps) {
    List<String> held = Proc.tunInterfaces(pid);
    return held.contains("")
        ? taps.stream().filter(tap -> !held.contains(tap.value())).collect(Collectors.toSet())
        : Set.of();
  }

  /**
   * Makes a kernel take up what it lost, now that taps of those names exist again. Does nothing for
   * one that is paused, that lost nothing, or that needs a restart for it.
   *
   * @throws dev.fjord.problem.ProblemException {@code port-not-taken}
   */
  public void mend(ResourceName name, KernelProcess kernel, Collection<InterfaceName> taps) {
    if (Proc.paused(kernel.pid())) {
      return;
    }
    LostTaps lost = observe(name, kernel.pid(), taps);
    if (lost.taps().isEmpty() || !lost.mendable()) {
      return;
    }
    Mconsole mconsole = Mconsole.of(layout, name, kernel);
    boolean[] answered = new boolean[1];
    Patience.Verdict verdict =
        Polling.until(
            Patience.of(PATIENCE),
            () -> Effort.of(kernel.pid()),
            () -> 0,
            () -> {
              // Any question will do: it makes the kernel look at all of its descriptors.
              answered[0] |= mconsole.ask("version", QUESTION) instanceof MconsoleReply.Answer;
              return !Proc.lives(kernel) || lost(kernel.pid(), taps).isEmpty();
            });
    if (verdict != Patience.Verdict.WAIT) {
      throw notTaken(name, kernel, answered[0]);
    }
  }

  private RuntimeException notTaken(ResourceName name, KernelProcess kernel, boolean answered) {
    Problem problem =
        Problem.of(
            "port-not-taken", "the kernel of instance " + name + " did not take up its new tap");
    if (!answered) {
      return problem
          .detail("it does not answer on its mconsole either")
          .hint("Is it stopped (SIGSTOP), or starved? The next run tries again.")
          .asException();
    }
    log.noteDeaf(name, kernel);
    return problem
        .detail("it answers on its mconsole, and still holds a dead descriptor")
        .hint("The next run restarts it, as soon as its document's 'restart' lets it.")
        .asException();
  }
}
