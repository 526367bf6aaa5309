package dev.fjord.host.linux;

import dev.fjord.host.HostPort;
import dev.fjord.host.linux.build.ImageBuilder;
import dev.fjord.host.linux.build.KernelInstaller;
import dev.fjord.host.linux.disk.ImageStore;
import dev.fjord.host.linux.disk.InstanceDisks;
import dev.fjord.host.linux.disk.KernelStore;
import dev.fjord.host.linux.network.Links;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.host.linux.uml.KernelPause;
import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.host.linux.uml.KernelProcesses;
import dev.fjord.host.linux.uml.KernelStarter;
import dev.fjord.host.linux.uml.KernelStopper;
import dev.fjord.host.linux.uml.KernelTrial;
import dev.fjord.host.linux.uml.StartLog;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Trial;
import dev.fjord.plan.Step;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/** This machine. Its parts do the work; here stands which step is whose. */
public final class LinuxHost implements HostPort {
  /** Kernels are tried as nobody (Debian's base-passwd), before any instance has a user id. */
  private static final int TRIAL_UID = 65534;

  private final Look look;
  private final ImageBuilder images;
  private final KernelInstaller kernels;
  private final Answers answers;
  private final KernelStarter starter;
  private final KernelStopper stopper;
  private final KernelPause pause;

  /**
   * The host on which this process runs, in this process's network namespace.
   *
   * @param threads for asking guests whether they answer
   */
  public LinuxHost(AgentSettings settings, ExecutorService threads, InstantSource clock) {
    Layout layout = settings.layout();
    StartLog starts = new StartLog(layout, clock);
    KernelTrial trial = new KernelTrial(layout, TRIAL_UID);
    this.look =
        new Look(
            layout,
            new KernelStore(layout),
            trial,
            new ImageStore(layout),
            new Links(),
            new RecordStore(layout),
            new InstanceDisks(layout),
            new KernelProcesses(layout),
            starts,
            clock);
    this.images = new ImageBuilder(layout, look.images(), clock);
    this.kernels = new KernelInstaller(layout, look.kernels(), clock);
    this.answers = new Answers(threads);
    this.starter = new KernelStarter(layout, trial, starts, settings.readyTimeout());
    this.stopper = new KernelStopper(layout, starts, settings.stopTimeout());
    this.pause = new KernelPause(layout);
  }

  @Override
  public Observed observe() {
    return look.observe();
  }

  @Override
  public Set<ResourceName> silent(Observed observed) {
    return answers.silent(observed);
  }

  @Override
  public void perform(Step step, Progress progress) {
    switch (step) {
      case Step.StoreKernel s -> kernels.store(s.kernel(), progress);
      case Step.TryKernel s -> tryKernel(s);
      case Step.StoreImage s -> images.store(s.image(), progress);
      case Step.SetUpSwitch s -> look.links().setUpSwitch(s);
      case Step.RemoveSwitch s -> look.links().removeSwitch(s);
      case Step.CreateInstance s -> look.disks().create(s.record());
      case Step.RestoreInstance s -> look.disks().restore(s.folder(), s.record());
      case Step.UpdateInstance s -> look.disks().update(s.record());
      case Step.ConnectPorts s -> look.links().connect(s);
      case Step.RemovePort s -> look.links().removePort(s.tap());
      case Step.StartInstance s -> start(s.launch());
      case Step.RestartInstance s -> {
        stop(s.record());
        look.disks().update(s.record());
        start(s.launch());
      }
      case Step.StopInstance s -> {
        stop(s.record());
        look.disks().update(s.record());
      }
      case Step.PauseInstance s -> {
        pause.pause(s.record().name(), kernel(s.record()));
        look.disks().update(s.record());
      }
      case Step.ResumeInstance s -> {
        pause.resume(s.record().name(), kernel(s.record()));
        look.disks().update(s.record());
      }
      case Step.DeleteInstance s -> delete(s);
    }
  }

  private void tryKernel(Step.TryKernel step) {
    Trial trial = look.trial().of(step.name(), step.digest());
    if (!trial.usable()) {
      throw Problem.of(
              "kernel-does-not-boot",
              "kernel " + step.name() + "@" + step.digest().brief() + " does not boot on this host")
          .detail(trial.message())
          .hint("Name another source and sha256 in the Kernel's document. Running instances stay.")
          .asException();
    }
  }

  private void start(Step.Launch launch) {
    look.links().connect(new Step.ConnectPorts(launch.name(), launch.uid(), launch.ports()));
    starter.start(launch);
  }

  private void stop(InstanceRecord record) {
    stopper.stop(record.name(), record.uid());
  }

  private KernelProcess kernel(InstanceRecord record) {
    KernelProcess kernel = look.processes().find(record.name(), record.uid());
    if (kernel == null) {
      throw Problem.of("not-running", "instance " + record.name() + " ended meanwhile")
          .hint("The next run starts it again.")
          .asException();
    }
    return kernel;
  }

  /** Its folder goes last: until then the next run finds it, and goes on. */
  private void delete(Step.DeleteInstance step) {
    Checked<InstanceRecord> record = look.records().read(step.name());
    if (record.value() != null) {
      stop(record.value());
    }
    step.taps().forEach(look.links()::removePort);
    look.disks().trash(step.name());
    look.starts().forget(step.name());
  }
}
