package dev.fjord.host.simulated;

import dev.fjord.host.HostPort;
import dev.fjord.model.Boot;
import dev.fjord.model.ByteSize;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Starts;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.Trial;
import dev.fjord.model.Volume;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
    final Map<ResourceName, ByteSize> volumes = new TreeMap<>();
    final Map<String, Long> bytes = new TreeMap<>();
    @Nullable Boot boot;
    boolean paused;

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
  private IntPredicate fails = action -> false;
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

  /** Ends a kernel behind everybody's back. */
  public synchronized void kill(ResourceName name) {
    Folder folder = folders.get(name);
    if (folder != null) {
      folder.boot = null;
      folder.paused = false;
    }
  }

  /** Takes a link away behind everybody's back. */
  public synchronized void loseLink(InterfaceName name) {
    bridges.remove(name);
    ports.remove(name);
  }

  /** Adds a bridge that bears no mark of fjord's. */
  public synchronized void addForeignBridge(InterfaceName name) {
    bridges.put(name, new ObservedBridge(name, null, true, List.of()));
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
    return new Observed(
        layout,
        Instant.EPOCH,
        List.copyOf(kernels.values()),
        List.copyOf(images.values()),
        List.copyOf(bridges.values()),
        List.copyOf(ports.values()),
        instances,
        trashed,
        List.of());
  }

  @Override
  public Set<ResourceName> silent(Observed observed) {
    return Set.of();
  }

  /** The backing of a trashed folder that holds a volume only. */
  private static final Path LOOSE = Path.of("/");

  private static ObservedInstance instance(ResourceName name, Folder f) {
    RunningKernel kernel =
        f.boot == null ? null : new RunningKernel(1000 + name.hashCode() % 1000, f.boot, f.paused);
    ObservedDisks disks = new ObservedDisks(f.backing, f.swap, f.volumes);
    return new ObservedInstance(name, f.record, disks, kernel, Starts.NONE, null);
  }

  @Override
  public synchronized void perform(Step step, Progress progress) {
    action();
    switch (step) {
      case Step.StoreKernel s ->
          kernels.putIfAbsent(
              s.kernel().sha256().hex(),
              new StoredKernel(s.kernel().name(), s.kernel().sha256(), null));
      case Step.TryKernel s ->
          kernels.put(
              s.digest().hex(),
              new StoredKernel(s.name(), s.digest(), new Trial(Trial.Verdict.BOOTS, "")));
      case Step.StoreImage s ->
          images.put(
              s.image().version().hex(),
              new StoredImage(s.image().name(), s.image().version(), s.image().size()));
      case Step.SetUpSwitch s -> setUp(s);
      case Step.RemoveSwitch s -> bridges.remove(s.bridge());
      case Step.CreateInstance s -> create(s.record());
      case Step.RestoreInstance s -> restore(s);
      case Step.UpdateInstance s -> update(s.record());
      case Step.ConnectPorts s -> connect(s.instance(), s.ports());
      case Step.RemovePort s -> ports.remove(s.tap());
      case Step.StartInstance s -> start(s.launch());
      case Step.RestartInstance s -> {
        kill(s.record().name());
        action();
        update(s.record());
        start(s.launch());
      }
      case Step.StopInstance s -> {
        kill(s.record().name());
        action();
        update(s.record());
      }
      case Step.PauseInstance s -> turn(s.record(), true);
      case Step.ResumeInstance s -> turn(s.record(), false);
      case Step.DeleteInstance s -> delete(s);
    }
    action();
  }

  private void action() {
    int number = actions++;
    if (fails.test(number)) {
      throw Problem.of("simulated", "action " + number + " was told to fail").asException();
    }
  }

  private void setUp(Step.SetUpSwitch s) {
    ObservedBridge there = bridges.get(s.bridge());
    if (there != null && !s.name().equals(there.network())) {
      throw Problem.of("foreign-link", s.bridge() + " is somebody else's").asException();
    }
    bridges.put(s.bridge(), new ObservedBridge(s.bridge(), s.name(), true, List.of(s.gateway())));
  }

  private void create(InstanceRecord record) {
    if (folders.containsKey(record.name())) {
      return;
    }
    if (!images.containsKey(record.base().hex())) {
      throw Problem.of("image-missing", "no image " + record.base()).asException();
    }
    Folder folder = new Folder(record, layout.image(record.applied().image(), record.base()));
    folder.bytes.put("root", tokens++);
    disks(folder, record);
    folders.put(record.name(), folder);
  }

  private void disks(Folder folder, InstanceRecord record) {
    ByteSize swap = record.applied().swap();
    folder.swap = swap.equals(ByteSize.ZERO) ? null : swap;
    for (Volume volume : record.applied().volumes()) {
      if (folder.volumes.putIfAbsent(volume.name(), volume.size()) == null) {
        folder.bytes.put(volume.name().value(), tokens++);
      }
    }
    List<ResourceName> declared = record.applied().volumes().stream().map(Volume::name).toList();
    for (ResourceName name : List.copyOf(folder.volumes.keySet())) {
      if (!declared.contains(name)) {
        Folder loose = new Folder(record, LOOSE);
        Long token = folder.bytes.remove(name.value());
        loose.bytes.put(name.value(), token == null ? -1 : token);
        trash.put("%08d-%s".formatted(tokens++, name), loose);
        folder.volumes.remove(name);
      }
    }
  }

  private Folder folder(ResourceName name) {
    Folder folder = folders.get(name);
    if (folder == null) {
      throw Problem.of("no-instance", "no instance " + name).asException();
    }
    return folder;
  }

  private void update(InstanceRecord record) {
    Folder folder = folder(record.name());
    root(folder, record);
    disks(folder, record);
    action();
    folder.record = record;
  }

  /** A root on another version: the old one to the trash, the one of that version back from it. */
  private void root(Folder folder, InstanceRecord record) {
    Path image = layout.image(record.applied().image(), record.base());
    if (record.hasRootOf(folder.record) || folder.backing.equals(image)) {
      return;
    }
    if (!images.containsKey(record.base().hex())) {
      throw Problem.of("image-missing", "no image " + record.base()).asException();
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
    Folder back = kept == null ? null : trash.remove(kept);
    Folder loose = new Folder(folder.record, LOOSE);
    loose.bytes.put("root", Objects.requireNonNull(folder.bytes.get("root")));
    trash.put("%08d-%s.root".formatted(tokens++, record.name()), loose);
    folder.bytes.put(
        "root", back == null ? tokens++ : Objects.requireNonNull(back.bytes.get("root")));
    folder.backing = image;
    action();
  }

  private void turn(InstanceRecord record, boolean paused) {
    folder(record.name()).paused = paused;
    action();
    folder(record.name()).record = record;
  }

  private void restore(Step.RestoreInstance s) {
    Folder folder = trash.get(s.folder());
    if (folder != null) {
      trash.remove(s.folder());
      folders.put(s.record().name(), folder);
      action();
    }
    update(s.record());
  }

  private void connect(ResourceName instance, List<Step.Port> wanted) {
    for (Step.Port port : wanted) {
      ports.put(port.tap(), new ObservedPort(port.tap(), instance, port.bridge(), true));
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
    connect(launch.name(), launch.ports());
    folder.boot = launch.boot();
    folder.paused = launch.paused();
  }

  private void delete(Step.DeleteInstance s) {
    kill(s.name());
    action();
    s.taps().forEach(ports::remove);
    Folder folder = folders.remove(s.name());
    if (folder != null) {
      trash.put("%08d-%s".formatted(tokens++, s.name()), folder);
    }
  }
}
