package dev.fjord.host.simulated;

import dev.fjord.host.HostPort;
import dev.fjord.model.Ailment;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Cidr;
import dev.fjord.model.Daemon;
import dev.fjord.model.Digest;
import dev.fjord.model.Filters;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ObservedFilters;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedNames;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Routing;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Starts;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.TrashUse;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.TrashedRoot;
import dev.fjord.model.Trial;
import dev.fjord.model.Upkeep;
import dev.fjord.model.Upkeep.Content;
import dev.fjord.model.Volume;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A host in memory. Every step is made of small actions; before each, {@code fails} is asked with
 * the action's number, so that a step can fail at its beginning, in its middle, or after its end.
 * Disks hold a token each, given when they are made, so that lost bytes are noticed.
 */
public final class SimulatedHost implements HostPort {
  /** One instance's folder. */
  private static final class Folder {
    InstanceRecord record;
    Path backing;
    @Nullable ByteSize swap;
    @Nullable ByteSize root;
    final Map<ResourceName, ByteSize> volumes = new TreeMap<>();
    final Map<ResourceName, ByteSize> filesystems = new TreeMap<>();
    final Set<ResourceName> broken = new HashSet<>();
    final Map<String, Long> bytes = new TreeMap<>();
    @Nullable KernelInvocation boot;
    boolean paused;
    Instant started = Instant.EPOCH;
    @Nullable Ailment ailment;

    Folder(InstanceRecord record, Path backing) {
      this.record = record;
      this.backing = backing;
    }
  }

  private final Layout layout;
  private final Map<String, StoredKernel> kernels = new TreeMap<>();
  private final Map<String, StoredImage> images = new TreeMap<>();
  private final Map<InterfaceName, ObservedBridge> bridges = new TreeMap<>();
  private final Map<InterfaceName, ObservedPort> ports = new TreeMap<>();
  private final Map<ResourceName, Folder> folders = new TreeMap<>();
  private final Map<String, Folder> trash = new TreeMap<>();
  private final Set<ImageVersion> unhealthy = new HashSet<>();
  private @Nullable Filters filters;
  private @Nullable Problem filterFault;
  private final Map<String, ObservedDaemon> daemons = new TreeMap<>();
  private @Nullable String names;
  private IntPredicate fails = action -> false;
  private Instant now = Instant.EPOCH;
  private int actions;
  private long tokens;

  public SimulatedHost(Layout layout) {
    this.layout = layout;
  }

  /** From now on, action {@code n} fails where {@code n} is accepted; they count from 0 again. */
  public synchronized void failAt(IntPredicate accepts) {
    fails = accepts;
    actions = 0;
  }

  /** How many actions were done or failed since {@link #failAt}. */
  public synchronized int actions() {
    return actions;
  }

  /** Every disk of every instance, in the trash or not, by the token that it was made with. */
  public synchronized Map<Long, String> bytes() {
    Map<Long, String> all = new HashMap<>();
    folders.forEach((name, f) -> f.bytes.forEach((disk, t) -> all.put(t, name + "/" + disk)));
    trash.forEach(
        (name, f) -> f.bytes.forEach((disk, t) -> all.put(t, "trash/" + name + "/" + disk)));
    return all;
  }

  /** How large the file systems on an instance's volumes are. */
  public synchronized Map<ResourceName, ByteSize> filesystems(ResourceName instance) {
    return Map.copyOf(folder(instance).filesystems);
  }

  /** How large the file system on an instance's root is; null for as large as its image. */
  public synchronized @Nullable ByteSize root(ResourceName instance) {
    return folder(instance).root;
  }

  /** Puts something on a volume that is no file system, as a guest may. */
  public synchronized void breakFilesystem(ResourceName instance, ResourceName volume) {
    folder(instance).broken.add(volume);
  }

  /** From now on its kernel has that, until it is another one. */
  public synchronized void ail(ResourceName name, Ailment ailment) {
    folder(name).ailment = ailment;
  }

  /** Ends a kernel behind everybody's back. */
  public synchronized void kill(ResourceName name) {
    Folder folder = folders.get(name);
    if (folder != null) {
      folder.boot = null;
      endCaptures();
      folder.ailment = null;
      folder.paused = false;
    }
  }

  /** From now on, what was carried over to this version does not come up on it. */
  public synchronized void spoil(ImageVersion version) {
    unhealthy.add(version);
  }

  /** Ends a daemon behind everybody's back. */
  public synchronized void kill(ObservedDaemon.Kind kind, ResourceName network) {
    daemons.computeIfPresent(
        key(kind, network), (key, d) -> ObservedDaemon.gone(kind, network, new Starts(1, null)));
  }

  /** A capture ends with the port that it reads, and that with its kernel. */
  private void endCaptures() {
    for (ObservedDaemon one : List.copyOf(daemons.values())) {
      Folder folder = folders.get(one.network());
      if (one.kind() == ObservedDaemon.Kind.CAPTURE && (folder == null || folder.boot == null)) {
        kill(one.kind(), one.network());
      }
    }
  }

  private static String key(ObservedDaemon.Kind kind, ResourceName network) {
    return kind + "/" + network;
  }

  /** Takes a link away behind everybody's back. */
  public synchronized void loseLink(InterfaceName name) {
    ObservedPort lost = ports.get(name);
    if (lost != null && lost.daemon() != null) {
      daemons.computeIfPresent(
          key(ObservedDaemon.Kind.SWITCH, lost.daemon()), (key, d) -> answering(d, false));
    }
    bridges.remove(name);
    ports.remove(name);
  }

  /** Has the bridge of a port forget who is behind it, behind everybody's back. */
  public synchronized void forgetStations(InterfaceName tap) {
    ports.computeIfPresent(tap, (name, port) -> port.unknown());
  }

  /** Takes the filters away behind everybody's back, or changes them. */
  public synchronized void flushFilters() {
    filters = null;
  }

  /** From now on filters can neither be seen nor set; null for again. */
  public synchronized void hideFilters(@Nullable Problem fault) {
    filterFault = fault;
    filters = null;
  }

  /** Makes a version in a store what somebody with a free hand would make of it. */
  public synchronized void meddle(Digest digest, Upkeep upkeep) {
    kernels.computeIfPresent(
        digest.hex(), (hex, k) -> new StoredKernel(k.name(), digest, k.trial(), upkeep));
    images.computeIfPresent(
        digest.hex(), (hex, i) -> new StoredImage(i.name(), digest, i.size(), i.built(), upkeep));
  }

  /** Lets time pass. */
  public synchronized void letPass(Duration time) {
    now = now.plus(time);
  }

  /** Adds an interface that bears no mark of fjord's, with addresses of the host's. */
  public synchronized void addForeignBridge(InterfaceName name, Cidr... addresses) {
    bridges.put(name, ModelFixtures.observedBridge(name, null, true, List.of(addresses)));
  }

  @Override
  public synchronized Observed observe() {
    List<ObservedInstance> instances = new ArrayList<>();
    folders.forEach((name, f) -> instances.add(instance(name, f)));
    List<TrashedInstance> trashed = new ArrayList<>();
    trash.forEach((name, f) -> {
      if (!f.backing.equals(LOOSE)) {
        trashed.add(new TrashedInstance(name, f.record));
      }
    });
    return ModelFixtures.observed(
        layout,
        now,
        List.copyOf(kernels.values()),
        List.copyOf(images.values()),
        List.copyOf(bridges.values()),
        List.copyOf(ports.values()),
        instances,
        trashed,
        trash.entrySet().stream()
            .filter(e -> e.getValue().bytes.containsKey("root"))
            .map(e -> root(e.getKey(), e.getValue()))
            .toList(),
        trash.entrySet().stream().map(e -> use(e.getKey(), e.getValue())).toList(),
        new ObservedFilters(filters, Map.of(), filterFault),
        List.copyOf(daemons.values()),
        new ObservedNames(names, List.of(), null),
        ailments(),
        List.of());
  }

  private Map<ResourceName, Ailment> ailments() {
    Map<ResourceName, Ailment> ailments = new TreeMap<>();
    folders.forEach((name, folder) -> {
      if (folder.ailment != null && folder.boot != null) {
        ailments.put(name, folder.ailment);
      }
    });
    return ailments;
  }

  @Override
  public Set<ResourceName> silent(Observed observed) {
    return Set.of();
  }

  @Override
  public synchronized void noteUnused(Set<Version> unused) {
    for (StoredImage image : List.copyOf(images.values())) {
      note(unused, new Version(Kind.IMAGE, image.name(), image.digest()), image.upkeep());
    }
    for (StoredKernel kernel : List.copyOf(kernels.values())) {
      note(unused, new Version(Kind.KERNEL, kernel.name(), kernel.digest()), kernel.upkeep());
    }
  }

  private StoredImage stored(Image image) {
    BuiltContent built =
        image.origin() instanceof ImageOrigin.Disk
            ? null
            : new BuiltContent(Digest.ofText("built " + image.version()), image.size(), now);
    return new StoredImage(image.name(), image.version(), image.size(), built, Upkeep.WHOLE);
  }

  private void note(Set<Version> unused, Version version, Upkeep was) {
    Instant since = was.unusedSince() == null ? now : was.unusedSince();
    meddle(
        version.digest(),
        new Upkeep(
            was.content(),
            was.found(),
            unused.contains(version) ? since : null,
            was.repairAsked()));
  }

  /** A name that is free, by time as on a real host. */
  private String inTrash(String rest) {
    Instant at = now;
    while (trash.containsKey(TrashedInstance.TIME.format(at) + "-" + rest)) {
      at = at.plusSeconds(1);
    }
    return TrashedInstance.TIME.format(at) + "-" + rest;
  }

  /** The backing of a trashed folder that holds a volume only. */
  private static final Path LOOSE = Path.of("/");

  private TrashedRoot root(String name, Folder f) {
    return new TrashedRoot(name, f.record, layout.image(f.record));
  }

  /** Volumes are full of what was written, and roots empty. */
  private static TrashUse use(String name, Folder f) {
    boolean alone = f.backing.equals(LOOSE) && !f.volumes.isEmpty();
    return new TrashUse(
        name,
        f.record,
        alone
            ? f.volumes.entrySet().stream()
                .map(one -> new Volume(one.getKey(), one.getValue()))
                .findFirst()
                .orElseThrow()
            : null,
        f.volumes.values().stream().reduce(ByteSize.ZERO, ByteSize::plus));
  }

  private static ObservedInstance instance(ResourceName name, Folder f) {
    RunningKernel kernel =
        f.boot == null
            ? null
            : new RunningKernel(1000 + name.hashCode() % 1000, f.boot, f.paused, f.started);
    ObservedDisks disks = new ObservedDisks(f.backing, f.swap, f.volumes);
    return ModelFixtures.observedInstance(name, f.record, disks, kernel, Starts.NONE, null);
  }

  @Override
  public synchronized void perform(Step step, Progress progress) {
    action();
    switch (step) {
      case Step.StoreKernel s ->
          kernels.putIfAbsent(
              s.kernel().sha256().hex(),
              ModelFixtures.storedKernel(s.kernel().name(), s.kernel().sha256(), null));
      case Step.TryKernel s ->
          kernels.put(s.digest().hex(), stored(s).tried(new Trial(Trial.Verdict.BOOTS, "")));
      case Step.StoreImage s -> images.put(s.image().version().hex(), stored(s.image()));
      case Step.MendVersion s -> mend(s);
      case Step.ReplaceImage s -> meddle(s.image().version(), Upkeep.WHOLE);
      case Step.ReplaceKernel s -> meddle(s.kernel().sha256(), Upkeep.WHOLE);
      case Step.RemoveVersion s -> {
        kernels.remove(s.version().digest().hex());
        images.remove(s.version().digest().hex());
      }
      case Step.SetUpSwitch s -> setUp(s);
      case Step.RemoveSwitch s -> bridges.remove(s.bridge());
      case Step.SetFilters s -> filters = s.filters();
      case Step.SetRoutes s -> route(s);
      case Step.RunDaemon s -> run(s.daemon());
      case Step.EndDaemon s -> {
        daemons.remove(key(s.kind(), s.network()));
        action();
        s.taps().forEach(ports::remove);
      }
      case Step.WriteNames s -> {
        names = null;
        action();
        names = s.digest();
      }
      case Step.WriteHosts s -> throw new IllegalStateException("no hosts file: " + s);
      case Step.CreateInstance s -> create(s.record());
      case Step.RestoreInstance s -> restore(s, progress);
      case Step.UpdateInstance s -> update(s.record(), progress);
      case Step.RenameInstance s -> rename(s, progress);
      case Step.ConnectPorts s -> connect(s.instance(), s.ports());
      case Step.RemovePort s -> ports.remove(s.tap());
      case Step.StartInstance s -> start(s.launch());
      case Step.RestartInstance s -> {
        kill(s.record().name());
        action();
        update(s.record(), progress);
        start(s.launch());
      }
      case Step.RebaseInstance s -> rebase(s);
      case Step.StopInstance s -> {
        kill(s.record().name());
        action();
        update(s.record(), progress);
      }
      case Step.PauseInstance s -> turn(s.record(), true);
      case Step.ResumeInstance s -> turn(s.record(), false);
      case Step.DeleteInstance s -> delete(s);
    }
    action();
  }

  private void run(Daemon daemon) {
    ObservedDaemon there = daemons.get(key(daemon.kind(), daemon.network()));
    boolean right =
        there != null
            && there.runs()
            && there.answers()
            && there.settings().equals(daemon.settings());
    if (!bridges.containsKey(daemon.bridge())) {
      throw Problem.of("bridge-missing", "no bridge " + daemon.bridge()).asException();
    }
    if (daemon.tap() != null) {
      ports.put(
          daemon.tap(),
          ModelFixtures.observedPort(
              daemon.tap(), null, daemon.network(), daemon.bridge(), true, null, Set.of()));
      action();
    }
    if (!right) {
      Instant started = Instant.EPOCH.plusMillis(tokens++);
      daemons.put(
          key(daemon.kind(), daemon.network()),
          new ObservedDaemon(
              daemon.kind(),
              daemon.network(),
              tokens,
              started,
              daemon.settings(),
              true,
              Starts.NONE));
    }
  }

  private static ObservedDaemon answering(ObservedDaemon d, boolean answers) {
    return new ObservedDaemon(
        d.kind(), d.network(), d.pid(), d.started(), d.settings(), answers, d.starts());
  }

  private void action() {
    int number = actions++;
    if (fails.test(number)) {
      throw Problem.of("simulated", "action " + number + " was told to fail").asException();
    }
  }

  private StoredKernel stored(Step.TryKernel s) {
    StoredKernel kernel = kernels.get(s.digest().hex());
    return kernel == null ? ModelFixtures.storedKernel(s.name(), s.digest(), null) : kernel;
  }

  private Upkeep upkeep(Version version) {
    StoredImage image = images.get(version.digest().hex());
    StoredKernel kernel = kernels.get(version.digest().hex());
    return image != null ? image.upkeep() : kernel != null ? kernel.upkeep() : Upkeep.WHOLE;
  }

  private void mend(Step.MendVersion s) {
    Upkeep was = upkeep(s.version());
    meddle(s.version().digest(), new Upkeep(Content.WHOLE, "", was.unusedSince(), false));
  }

  private void setUp(Step.SetUpSwitch s) {
    ObservedBridge there = bridges.get(s.bridge());
    if (there != null && !s.name().equals(there.network())) {
      throw Problem.of("foreign-link", s.bridge() + " is somebody else's").asException();
    }
    Map<String, String> settings = new TreeMap<>();
    s.settings().forEach(setting -> settings.put(setting.path(), setting.value()));
    bridges.put(
        s.bridge(),
        new ObservedBridge(
            s.bridge(),
            s.name(),
            true,
            s.gateway() == null ? List.of() : List.of(s.gateway()),
            new Routing(
                null,
                false,
                s.uplink(),
                s.gateway6() == null ? List.of() : List.of(s.gateway6()),
                settings,
                s.mtu(),
                there == null ? List.of() : there.routing().routes(),
                true)));
  }

  private void route(Step.SetRoutes s) {
    bridges.replaceAll((name, bridge) ->
        bridge.with(
            bridge
                .routing()
                .with(s.routes().stream().filter(one -> one.bridge().equals(name)).toList())));
  }

  private void create(InstanceRecord record) {
    if (folders.containsKey(record.name())) {
      return;
    }
    if (!images.containsKey(record.base().hex())) {
      throw Problem.of("image-missing", "no image " + record.base()).asException();
    }
    Folder folder = new Folder(record.stamped(now), layout.image(record));
    folder.bytes.put("root", tokens++);
    folder.root = record.applied().root();
    disks(folder, record, Progress.SILENT);
    folders.put(record.name(), folder);
  }

  private void disks(Folder folder, InstanceRecord record, Progress progress) {
    ByteSize swap = record.applied().swap();
    folder.swap = swap.equals(ByteSize.ZERO) ? null : swap;
    for (Volume volume : record.applied().volumes()) {
      volume(folder, volume, progress);
    }
    List<ResourceName> declared = record.applied().volumes().stream().map(Volume::name).toList();
    for (ResourceName name : List.copyOf(folder.volumes.keySet())) {
      if (!declared.contains(name)) {
        Folder loose = new Folder(record, LOOSE);
        Long token = folder.bytes.remove(name.value());
        loose.bytes.put(name.value(), token == null ? -1 : token);
        loose.volumes.put(name, Objects.requireNonNull(folder.volumes.remove(name)));
        trash.put(inTrash(name.value()), loose);
        folder.filesystems.remove(name);
      }
    }
  }

  /** First its file becomes longer, then the file system on it larger. */
  private void volume(Folder folder, Volume volume, Progress progress) {
    ResourceName name = volume.name();
    if (folder.volumes.putIfAbsent(name, volume.size()) == null) {
      folder.bytes.put(name.value(), tokens++);
      folder.filesystems.put(name, volume.size());
    }
    if (isSmaller(folder.volumes, volume)) {
      action();
      folder.volumes.put(name, volume.size());
    }
    if (!isSmaller(folder.filesystems, volume)) {
      return;
    }
    action();
    if (!folder.broken.contains(name)) {
      folder.filesystems.put(name, volume.size());
    } else if (!folder.record.applied().volumes().contains(volume)) {
      progress.leave(Problem.of("filesystem-not-grown", "volume " + name + " holds no ext4"));
    }
  }

  private static boolean isSmaller(Map<ResourceName, ByteSize> sizes, Volume volume) {
    return Objects.requireNonNull(sizes.get(volume.name())).compareTo(volume.size()) < 0;
  }

  private Folder folder(ResourceName name) {
    Folder folder = folders.get(name);
    if (folder == null) {
      throw Problem.of("no-instance", "no instance " + name).asException();
    }
    return folder;
  }

  private void update(InstanceRecord record, Progress progress) {
    Folder folder = folder(record.name());
    root(folder, record);
    grow(folder, record);
    disks(folder, record, progress);
    action();
    folder.record = record.stamped(now);
  }

  private boolean isOn(Path backing, InstanceRecord record) {
    return layout.isImage(backing, record.applied().image(), record.base());
  }

  /** First the root becomes larger, then the file system on it. */
  private void grow(Folder folder, InstanceRecord record) {
    if (!folder.backing.equals(layout.image(record))) {
      if (!isOn(folder.backing, record) || !images.containsKey(record.base().hex())) {
        throw Problem.of("root-other", record.name() + " is not on " + record.version())
            .asException();
      }
      folder.backing = layout.image(record);
      action();
    }
    folder.root = record.applied().root();
  }

  /** A root on another version: the old one to the trash, the one of that version back from it. */
  private void root(Folder folder, InstanceRecord record) {
    Path image = layout.image(record);
    if (isOn(folder.backing, record)) {
      return;
    }
    String kept =
        trash.entrySet().stream()
            .filter(
                e -> e.getValue().backing.equals(LOOSE) && e.getValue().bytes.containsKey("root"))
            .filter(e -> e.getValue().record.identity().equals(record.identity()))
            .filter(e -> e.getValue().record.hasRootOf(record))
            .map(Map.Entry::getKey)
            .max(Comparator.naturalOrder())
            .orElse(null);
    if (kept == null && record.hasRootOf(folder.record)) {
      return;
    }
    if (!images.containsKey(record.base().hex())) {
      throw Problem.of("image-missing", "no image " + record.base()).asException();
    }
    Folder back = kept == null ? null : trash.remove(kept);
    if (back == null && record.isPutBackFrom(folder.record)) {
      throw Problem.of("root-not-kept", "no root of " + record.version()).asException();
    }
    Folder loose = new Folder(standing(folder), LOOSE);
    loose.bytes.put("root", Objects.requireNonNull(folder.bytes.get("root")));
    trash.put(inTrash(record.name() + ".root"), loose);
    folder.bytes.put(
        "root", back == null ? tokens++ : Objects.requireNonNull(back.bytes.get("root")));
    folder.backing = back == null ? image : layout.image(back.record);
    action();
  }

  /** As a real host does it: what is recorded when is what the next run finds. */
  private void rebase(Step.RebaseInstance s) {
    InstanceRecord record = s.record();
    Folder folder = folder(record.name());
    Path image = layout.image(record);
    if (folder.boot == null || !isOn(folder.backing, record)) {
      kill(record.name());
      action();
      carryOver(folder, record, image);
      update(record, Progress.SILENT);
    }
    if (unhealthy.contains(record.version())) {
      kill(record.name());
      update(
          record.withRebase(Objects.requireNonNull(record.rebase()).failed("it is unhealthy")),
          Progress.SILENT);
      throw Problem.of("rebase-failed", record.name() + " did not come up").asException();
    }
    start(s.launch());
    update(record.withRebase(null), Progress.SILENT);
  }

  /** The record of the root that is there, which may be ahead of what was recorded. */
  private InstanceRecord standing(Folder folder) {
    return images.values().stream()
        .filter(one -> layout.isImage(folder.backing, one.name(), one.digest()))
        .map(one -> folder.record.on(new ImageVersion(one.name(), one.digest())))
        .findFirst()
        .orElse(folder.record);
  }

  private void carryOver(Folder folder, InstanceRecord record, Path image) {
    InstanceRecord before = folder.record;
    if (isOn(folder.backing, record)) {
      return;
    }
    root(folder, before);
    folder.record = before.withRebase(record.rebase()).stamped(now);
    action();
    if (!images.containsKey(record.base().hex()) || !images.containsKey(before.base().hex())) {
      throw Problem.of("image-missing", "no image " + record.base()).asException();
    }
    Folder loose = new Folder(before.withRebase(null), LOOSE);
    loose.bytes.put("root", Objects.requireNonNull(folder.bytes.get("root")));
    trash.put(inTrash(record.name() + ".root"), loose);
    folder.bytes.put("root", tokens++);
    folder.backing = image;
    action();
  }

  private void turn(InstanceRecord record, boolean paused) {
    folder(record.name()).paused = paused;
    action();
    folder(record.name()).record = record.stamped(now);
  }

  private void restore(Step.RestoreInstance s, Progress progress) {
    Folder folder = trash.get(s.folder());
    if (folder != null) {
      folder.record = folder.record.withAddressesOf(s.record()).stamped(now);
      action();
      trash.remove(s.folder());
      folders.put(s.record().name(), folder);
      action();
    }
    update(s.record(), progress);
  }

  private void connect(ResourceName instance, List<Step.Port> wanted) {
    for (Step.Port port : wanted) {
      if (port.daemon()) {
        ports.computeIfPresent(port.carrier(), (tap, there) -> there.with(port.lease().mac()));
        continue;
      }
      ports.put(
          port.tap(),
          new ObservedPort(
              port.tap(),
              instance,
              null,
              port.bridge(),
              true,
              port.rate(),
              Set.of(port.lease().mac()),
              port.mtu()));
      action();
    }
  }

  private void start(Step.Launch launch) {
    Folder folder = folder(launch.name());
    if (folder.boot != null) {
      return;
    }
    StoredKernel kernel = kernels.get(launch.kernelDigest().hex());
    if (kernel == null || kernel.trial() == null || !kernel.trial().usable()) {
      throw Problem.of("kernel", "kernel " + launch.kernelDigest() + " was not tried")
          .asException();
    }
    StoredImage image = images.get(launch.imageDigest().hex());
    if (image == null || image.upkeep().content() != Content.WHOLE) {
      throw Problem.of("image", "image " + launch.imageDigest() + " is not whole").asException();
    } else if (kernel.upkeep().content() != Content.WHOLE) {
      throw Problem.of("kernel", "kernel " + launch.kernelDigest() + " is not whole").asException();
    }
    connect(launch.name(), launch.ports());
    if (launch.capture() != null) {
      run(launch.capture());
    }
    for (Step.Port port : launch.ports()) {
      ObservedDaemon daemon = daemons.get(key(ObservedDaemon.Kind.SWITCH, port.lease().network()));
      if (port.daemon() && (daemon == null || !daemon.runs() || !daemon.answers())) {
        throw Problem.of("daemon", "no uml_switch of " + port.lease().network()).asException();
      }
    }
    folder.boot = launch.boot();
    folder.started = Instant.EPOCH.plusMillis(tokens++);
    folder.paused = launch.paused();
  }

  private void rename(Step.RenameInstance s, Progress progress) {
    kill(s.from());
    action();
    s.taps().forEach(ports::remove);
    action();
    Folder folder = folders.get(s.from());
    if (folder != null && !folders.containsKey(s.record().name())) {
      folder.record = folder.record.named(s.record());
      folders.remove(s.from());
      folders.put(s.record().name(), folder);
      action();
    }
    update(s.record(), progress);
  }

  private void delete(Step.DeleteInstance s) {
    kill(s.name());
    action();
    s.taps().forEach(ports::remove);
    Folder folder = folders.remove(s.name());
    if (folder != null) {
      trash.put(inTrash(s.name().value()), folder);
    }
  }
}
