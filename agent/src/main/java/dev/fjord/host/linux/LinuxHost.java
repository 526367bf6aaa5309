package dev.fjord.host.linux;

import dev.fjord.host.HostPort;
import dev.fjord.host.linux.build.ImageBuilder;
import dev.fjord.host.linux.build.KernelInstaller;
import dev.fjord.host.linux.daemon.Daemons;
import dev.fjord.host.linux.disk.BuiltImages;
import dev.fjord.host.linux.disk.FilesystemGrowth;
import dev.fjord.host.linux.disk.ImageStore;
import dev.fjord.host.linux.disk.InstanceDisks;
import dev.fjord.host.linux.disk.KernelStore;
import dev.fjord.host.linux.disk.Stores;
import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.host.linux.names.HostsFile;
import dev.fjord.host.linux.names.ServedNames;
import dev.fjord.host.linux.network.FilterTables;
import dev.fjord.host.linux.network.HostSurroundings;
import dev.fjord.host.linux.network.KeptNetwork;
import dev.fjord.host.linux.network.Links;
import dev.fjord.host.linux.network.Monitors;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.host.linux.uml.Appliance;
import dev.fjord.host.linux.uml.Connector;
import dev.fjord.host.linux.uml.KernelLife;
import dev.fjord.host.linux.uml.KernelPause;
import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.host.linux.uml.KernelProcesses;
import dev.fjord.host.linux.uml.KernelStarter;
import dev.fjord.host.linux.uml.KernelStopper;
import dev.fjord.host.linux.uml.KernelTrial;
import dev.fjord.host.linux.uml.NetworkNamespace;
import dev.fjord.host.linux.uml.PostMortem;
import dev.fjord.host.linux.uml.StartLog;
import dev.fjord.host.linux.uml.StartsUnderWay;
import dev.fjord.host.linux.uml.TapRepair;
import dev.fjord.host.linux.usage.TrashSizes;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Trial;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import dev.fjord.plan.VersionReferences;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** This machine. Its parts do the work; this class says which part does which step. */
public final class LinuxHost implements HostPort {
  /** Kernels are tried as nobody (Debian's base-passwd), before any instance has a user id. */
  static final int TRIAL_UID = 65534;

  private final HostObserver look;
  private final ImageBuilder images;
  private final KernelInstaller kernels;
  private final GuestPinger pinger;
  private final KernelStarter starter;
  private final KernelStopper stopper;
  private final KernelPause pause;
  private final Rebases rebases;
  private final StartsUnderWay underWay = new StartsUnderWay();
  private final FullLooks full = new FullLooks(System::nanoTime);
  private final @Nullable KeptNetwork kept;

  /** Held during looks that keep something, so that they follow each other. */
  private final ReentrantLock looking = new ReentrantLock();

  /** The main processes that the last look at everything found. */
  private Set<Long> mains = Set.of();

  /**
   * The host on which this process runs, in this process's network namespace.
   *
   * @param threads for asking guests whether they answer
   */
  public LinuxHost(AgentSettings settings, ExecutorService threads, InstantSource clock) {
    this(settings, threads, clock, null);
  }

  /**
   * As the other, for a process that looks again and again.
   *
   * @param monitors what makes a {@link #glance} possible, of this process's network namespace and
   *     for this host alone; null for none
   */
  public LinuxHost(
      AgentSettings settings,
      ExecutorService threads,
      InstantSource clock,
      @Nullable Monitors monitors) {
    Layout layout = settings.layout();
    StartLog starts = new StartLog(layout, clock);
    PostMortem postMortem = new PostMortem(layout, starts, clock);
    KernelTrial trial = new KernelTrial(layout, TRIAL_UID);
    Links links = new Links(layout);
    ServedNames names = new ServedNames(layout);
    Path hosts = settings.hostsFile();
    this.look =
        new HostObserver(
            layout,
            new KernelStore(layout),
            trial,
            new ImageStore(layout),
            new Stores(layout, clock),
            links,
            new FilterTables(layout, clock),
            new RecordStore(layout, clock),
            new InstanceDisks(layout, growth(new Appliance(layout, trial))),
            new TrashSizes(layout),
            new KernelProcesses(layout),
            starts,
            postMortem,
            new Daemons(layout, links, names, clock),
            names,
            hosts == null ? null : new HostsFile(hosts, layout, clock),
            new TapRepair(layout, starts),
            new MachineGroups(layout),
            new HostSurroundings(),
            clock);
    this.kept =
        monitors == null
            ? null
            : new KeptNetwork(look.links(), look.filters(), look.surroundings(), monitors);
    this.images = new ImageBuilder(layout, look.images(), new BuiltImages(layout), clock);
    this.kernels = new KernelInstaller(layout, look.kernels(), clock);
    this.pinger = new GuestPinger(threads);
    this.starter =
        new KernelStarter(
            layout,
            trial,
            starts,
            postMortem,
            settings.readyTimeout(),
            new Connections(links, look.daemons()),
            underWay);
    this.stopper = new KernelStopper(layout, starts, settings.stopTimeout());
    this.pause = new KernelPause(layout);
    this.rebases = new Rebases(look.disks(), new Appliance(layout, trial));
  }

  @Override
  public Observed observe() {
    if (kept == null) {
      return look.observe();
    }
    looking.lock();
    try {
      full.begin();
      HostObserver.Sight sight = look.observe(kept.look(true), null);
      mains = sight.mains();
      return sight.observed();
    } finally {
      looking.unlock();
    }
  }

  @Override
  public @Nullable Observed glance() {
    if (kept == null || full.isDue()) {
      return null;
    }
    looking.lock();
    try {
      return look.observe(kept.look(false), mains).observed();
    } finally {
      looking.unlock();
    }
  }

  /** The next look is at everything. */
  public void lookAtAll() {
    full.ask();
  }

  @Override
  public Set<ResourceName> silent(Observed observed) {
    Set<ResourceName> silent = pinger.silent(observed);
    for (ObservedInstance one : observed.instances()) {
      KernelProcess kernel = one.kernel() == null ? null : KernelLife.of(one.kernel().pid());
      if (one.isStarting()) {
        silent.add(one.name());
      } else if (kernel != null) {
        look.starts().settle(one.name(), kernel, !silent.contains(one.name()));
      }
    }
    return silent;
  }

  @Override
  public void noteUnused(Set<Version> unused) {
    look.stores().noteUnused(unused);
  }

  @Override
  public void perform(Step step, Progress progress) {
    ResourceName moved = moved(step);
    try {
      if (moved == null) {
        carryOut(step, progress);
      } else {
        underWay.alone(moved, () -> carryOut(step, progress));
      }
    } finally {
      full.ask();
    }
  }

  /** The instance whose kernel a step starts, ends or holds still; null for none. */
  private static @Nullable ResourceName moved(Step step) {
    return switch (step) {
      case Step.StartInstance s -> s.launch().name();
      case Step.RestartInstance s -> s.record().name();
      case Step.RebaseInstance s -> s.record().name();
      case Step.StopInstance s -> s.record().name();
      case Step.PauseInstance s -> s.record().name();
      case Step.ResumeInstance s -> s.record().name();
      case Step.UpdateInstance s -> s.record().name();
      case Step.RenameInstance s -> s.from();
      case Step.DeleteInstance s -> s.name();
      default -> null;
    };
  }

  private void carryOut(Step step, Progress progress) {
    switch (step) {
      case Step.StoreKernel s -> kernels.store(s.kernel(), progress);
      case Step.TryKernel s -> tryKernel(s);
      case Step.StoreImage s -> images.store(s.image(), progress);
      case Step.MendVersion s -> look.stores().mend(s.version(), s.standing(), progress);
      case Step.ReplaceImage s ->
          once(
              new Version(Kind.IMAGE, s.image().name(), s.image().version()),
              () -> look.images().replace(s.image(), progress));
      case Step.ReplaceKernel s ->
          once(
              new Version(Kind.KERNEL, s.kernel().name(), s.kernel().sha256()),
              () -> kernels.replace(s.kernel(), progress));
      case Step.RemoveVersion s -> remove(s.version());
      case Step.SetUpSwitch s -> look.links().setUpSwitch(s);
      case Step.RemoveSwitch s -> look.links().removeSwitch(s);
      case Step.SetFilters s -> leave(look.filters().set(s.filters()), progress);
      case Step.SetRoutes s -> look.links().setRoutes(s);
      case Step.RunDaemon s -> look.daemons().run(s);
      case Step.EndDaemon s -> look.daemons().end(s);
      case Step.WriteNames s -> look.names().write(s, look.daemons()::reload);
      case Step.WriteHosts s -> Objects.requireNonNull(look.hosts()).write(s);
      case Step.CreateInstance s -> leave(look.disks().create(s.record()), progress);
      case Step.RestoreInstance s -> leave(look.disks().restore(s.folder(), s.record()), progress);
      case Step.UpdateInstance s -> {
        leave(look.disks().update(s.record()), progress);
        hold(s.record());
      }
      case Step.RenameInstance s -> rename(s, progress);
      case Step.ConnectPorts s -> connect(s);
      case Step.RemovePort s -> look.links().removePort(s.tap());
      case Step.StartInstance s -> start(s.launch(), progress);
      case Step.RestartInstance s -> {
        starter.provide(s.launch());
        stop(s.record(), progress);
        leave(look.disks().update(s.record()), progress);
        start(s.launch(), progress);
      }
      case Step.RebaseInstance s ->
          rebases.perform(
              s,
              look.processes().find(s.record().name(), s.record().uid()) != null,
              () -> stop(s.record(), progress),
              () -> start(s.launch(), progress),
              progress);
      case Step.StopInstance s -> {
        stop(s.record(), progress);
        leave(look.disks().update(s.record()), progress);
      }
      case Step.PauseInstance s -> {
        pause.pause(s.record().name(), kernel(s.record()));
        leave(look.disks().update(s.record()), progress);
      }
      case Step.ResumeInstance s -> {
        pause.resume(s.record().name(), kernel(s.record()));
        look.taps().mend(s.record().name(), kernel(s.record()), s.record().taps());
        leave(look.disks().update(s.record()), progress);
      }
      case Step.DeleteInstance s -> delete(s, progress);
    }
  }

  /** In a kernel of the instance's own version, and as its own user. */
  static FilesystemGrowth growth(Appliance appliance) {
    return (record, disk, backing) ->
        appliance.grow(
            new Appliance.Worker(record.applied().kernel(), record.kernel(), record.uid()),
            disk,
            backing);
  }

  private static void leave(@Nullable Problem left, Progress progress) {
    if (left != null) {
      progress.leave(left);
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
    starter.prepare();
  }

  /** An order is tried once: a source that is gone is not asked at every run. */
  private void once(Version version, Runnable replacement) {
    try {
      replacement.run();
    } catch (ProblemException e) {
      look.stores().forgetRepair(version);
      throw e;
    }
  }

  /** Looks again first: since the plan was made a person may have put a disk back by hand. */
  private void remove(Version version) {
    VersionReferences standing = new VersionReferences(look.observe());
    List<String> names = standing.on(version);
    List<Path> places = look.stores().places(version);
    if (!standing.isKnown()
        || !names.isEmpty()
        || places.stream().anyMatch(look.processes()::isNamed)) {
      throw Problem.of("in-use", version.words() + " is not removed: something may stand on it")
          .detail(names.isEmpty() ? places.get(0).toString() : String.join(", ", names))
          .hint("The next run looks again.")
          .asException();
    }
    look.stores().remove(version);
  }

  private void connect(Step.ConnectPorts step) {
    KernelProcess kernel = look.processes().find(step.instance(), step.uid());
    look.links()
        .connect(
            step,
            kernel == null || !NetworkNamespace.isApart(kernel.pid())
                ? null
                : new Connector.Place(kernel.pid(), false));
    if (kernel != null && step.takenUp()) {
      look.taps().mend(step.instance(), kernel, step.ports().stream().map(Step.Port::tap).toList());
    }
  }

  private void start(Step.Launch launch, Progress progress) {
    look.stores()
        .restoreCopy(new Version(Kind.IMAGE, launch.image(), launch.imageDigest()), launch.boot());
    starter.start(launch, progress::awaiting);
  }

  /** Sets the bounds of a running instance at once; those of others are set when they start. */
  private void hold(InstanceRecord record) {
    KernelProcess kernel = look.processes().find(record.name(), record.uid());
    if (kernel != null) {
      look.groups()
          .hold(
              record.name(),
              Step.Bounds.of(record),
              look.processes().around(record.name(), kernel));
    }
  }

  private void stop(InstanceRecord record, Progress progress) {
    List<String> farewell = look.links().farewell(record.taps());
    leave(stopper.stop(record.name(), record.uid()).problem(record.name()), progress);
    look.links().forget(record.name(), farewell);
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

  /**
   * What bears its old name is removed before its folder gets the new one, so that after a run that
   * was cut off the next one can continue.
   */
  private void rename(Step.RenameInstance step, Progress progress) {
    Checked<InstanceRecord> record = look.records().read(step.from());
    if (record.value() != null && record.value().identity().equals(step.record().identity())) {
      stop(record.value(), progress);
    }
    step.taps().forEach(look.links()::removePort);
    leave(look.disks().rename(step.from(), step.record()), progress);
    look.starts().forget(step.from());
  }

  /** Its folder goes last: until then the next run finds it, and continues. */
  private void delete(Step.DeleteInstance step, Progress progress) {
    Checked<InstanceRecord> record = look.records().read(step.name());
    if (record.value() != null) {
      stop(record.value(), progress);
    }
    step.taps().forEach(look.links()::removePort);
    look.disks().trash(step.name());
    look.starts().forget(step.name());
  }
}
