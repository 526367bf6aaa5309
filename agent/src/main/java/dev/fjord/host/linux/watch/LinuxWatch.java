package dev.fjord.host.linux.watch;

import dev.fjord.host.linux.uml.KernelLife;
import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.host.linux.uml.Mconsole;
import dev.fjord.host.linux.uml.Ping;
import dev.fjord.host.linux.uml.StartLog;
import dev.fjord.host.linux.uml.Uptimes;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.watch.HealthReport;
import dev.fjord.watch.Nudge;
import dev.fjord.watch.ProbeResult;
import dev.fjord.watch.Watched;
import dev.fjord.watch.WatchedHost;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The instances of this machine, in this process's network namespace. */
public final class LinuxWatch implements WatchedHost, AutoCloseable {
  private static final Duration MCONSOLE = Duration.ofSeconds(1);

  /** Where this process itself runs so much too late, guests do, too. */
  private static final Duration LATE = Duration.ofMillis(500);

  private final Layout layout;
  private final Roll roll;
  private final Uptimes uptimes;
  private final RootProbe roots;
  private final NetworkQuestions network;
  private final HealthReportFile file;

  /** The state of the instances with which something was wrong at the last check. */
  private final Map<ResourceName, Strain> wrong = new HashMap<>();

  public LinuxWatch(Layout layout, InstantSource clock) {
    this.layout = layout;
    this.roll = new Roll(layout, new StartLog(layout, clock));
    this.uptimes = new Uptimes(layout, MCONSOLE);
    this.roots = new RootProbe(uptimes);
    this.network = new NetworkQuestions();
    this.file = new HealthReportFile(layout);
  }

  /** A run has looked at the host. */
  public void look(Observed observed) {
    roll.look(observed);
  }

  /** A run changes an instance. */
  public void forget(ResourceName name) {
    roll.forget(name);
  }

  @Override
  public List<Watched> watched() {
    return roll.watched();
  }

  @Override
  public Map<ResourceName, ProbeResult> ask(List<Watched> instances) {
    Map<ResourceName, ProbeResult> results = new HashMap<>();
    Map<ResourceName, KernelProcess> alive = new HashMap<>();
    for (Watched one : instances) {
      if (one.kernel() != null) {
        KernelProcess kernel = process(one.kernel());
        if (KernelLife.lives(kernel)) {
          alive.put(one.name(), kernel);
        } else {
          results.put(one.name(), ProbeResult.GONE);
        }
      }
    }
    Map<ResourceName, Double> told = uptimes.ask(alive);
    uptimes
        .unasked()
        .forEach(name -> results.put(name, new ProbeResult(ProbeResult.State.UNASKED, null)));
    Map<ResourceName, KernelProcess> answering = new HashMap<>(alive);
    answering.keySet().retainAll(told.keySet());
    Map<ResourceName, Boolean> writes = roots.ask(answering);
    List<Watched> awake = instances.stream().filter(one -> told.containsKey(one.name())).toList();
    results.putAll(network.ask(awake, told));
    alive.forEach((name, kernel) -> {
      ProbeResult found = results.getOrDefault(name, new ProbeResult(ProbeResult.State.RUNS, null));
      ProbeResult whole = found.withRoot(writes.get(name));
      results.put(name, whole.isWrong() ? why(name, kernel, whole) : whole);
    });
    wrong.keySet().removeIf(name -> !results.containsKey(name) || !results.get(name).isWrong());
    return results;
  }

  /** Only for the few instances with which something is wrong, since it takes more reads. */
  private ProbeResult why(ResourceName name, KernelProcess kernel, ProbeResult found) {
    if ((found.uptime() == null || !found.silent().isEmpty()) && KernelLife.isPaused(kernel)) {
      return ProbeResult.PAUSED;
    }
    Strain now = Strain.of(kernel);
    Strain before = wrong.put(name, now);
    if (now.isStarvedSince(before) || uptimes.late().compareTo(LATE) > 0) {
      return ProbeResult.STARVED;
    }
    return now.isBusySince(before) ? found.whileBusy() : found;
  }

  @Override
  public void nudge(Watched instance, Nudge nudge) {
    Watched.Main kernel = instance.kernel();
    if (kernel != null) {
      network.beside(() -> nudge(instance, kernel, nudge));
    }
  }

  private void nudge(Watched instance, Watched.Main kernel, Nudge nudge) {
    switch (nudge) {
      case PING -> instance.addresses().forEach(one -> Ping.answers(one.address()));
      case SIGIO -> KernelLife.remind(process(kernel), instance.uid());
      case SYSRQ ->
          Mconsole.of(layout, instance.name(), process(kernel))
              .ask("sysrq h", Duration.ofMillis(200));
    }
  }

  @Override
  public void note(HealthReport report) {
    file.write(report);
  }

  private static KernelProcess process(Watched.Main kernel) {
    return new KernelProcess(kernel.pid(), kernel.started());
  }

  @Override
  public void close() {
    uptimes.close();
    network.close();
  }
}
