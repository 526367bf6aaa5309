package dev.fjord.host.linux;

import dev.fjord.host.linux.daemon.Daemons;
import dev.fjord.host.linux.disk.ImageStore;
import dev.fjord.host.linux.disk.InstanceDisks;
import dev.fjord.host.linux.disk.KernelStore;
import dev.fjord.host.linux.disk.Stores;
import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.host.linux.names.HostsFile;
import dev.fjord.host.linux.names.ServedNames;
import dev.fjord.host.linux.network.FilterTables;
import dev.fjord.host.linux.network.HostSurroundings;
import dev.fjord.host.linux.network.Links;
import dev.fjord.host.linux.network.NetworkLook;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.host.linux.uml.KernelModules;
import dev.fjord.host.linux.uml.KernelProcesses;
import dev.fjord.host.linux.uml.KernelTrial;
import dev.fjord.host.linux.uml.NetworkNamespace;
import dev.fjord.host.linux.uml.PostMortem;
import dev.fjord.host.linux.uml.StartLog;
import dev.fjord.host.linux.uml.TapRepair;
import dev.fjord.host.linux.usage.TrashSizes;
import dev.fjord.host.linux.watch.HealthReportFile;
import dev.fjord.model.ByteSize;
import dev.fjord.model.FileSystemUse;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Layout;
import dev.fjord.model.LostTaps;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ObservedFilters;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedNames;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.TrashUse;
import dev.fjord.model.TrashedInstance;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Looks at everything that fjord may change on a Linux host. */
record HostObserver(
    Layout layout,
    KernelStore kernels,
    KernelTrial trial,
    ImageStore images,
    Stores stores,
    Links links,
    FilterTables filters,
    RecordStore records,
    InstanceDisks disks,
    TrashSizes trashSizes,
    KernelProcesses processes,
    StartLog starts,
    PostMortem postMortem,
    Daemons daemons,
    ServedNames names,
    @Nullable HostsFile hosts,
    TapRepair taps,
    MachineGroups groups,
    HostSurroundings surroundings,
    InstantSource clock) {

  /** Looks at everything anew. */
  Observed observe() {
    return observe(NetworkLook.anew(links, filters, surroundings), null).observed();
  }

  /**
   * What was seen.
   *
   * @param mains as of {@link KernelProcesses.Seen}
   */
  record Sight(Observed observed, Set<Long> mains) {}

  /**
   * Looks at everything.
   *
   * @param network what is to be seen of the network
   * @param mains the processes to look at, of an earlier look; null for all that there are
   */
  Sight observe(NetworkLook network, @Nullable Set<Long> mains) {
    // Where there are many ports this takes as long as all the rest, so it runs in a thread of its
    // own. It does not use the threads of an apply: a change may look again, and would wait for a
    // thread that waits for it.
    CompletableFuture<ObservedFilters> filtered = CompletableFuture.supplyAsync(network::filters);
    List<Problem> problems = new ArrayList<>();
    Map<ResourceName, Checked<InstanceRecord>> found = take(records.readAll(), problems);
    KernelProcesses.Seen processed = processes.observe(uids(found), mains);
    Map<ResourceName, RunningKernel> running = new HashMap<>(processed.kernels());
    Links.Seen seen = network.links();
    running.replaceAll((name, kernel) -> withTaps(name, kernel, found.get(name), seen));
    running.replaceAll(
        (name, kernel) -> groups.holds(name, kernel.pid()) ? kernel : kernel.unbounded());
    running.replaceAll((name, kernel) -> starts.last(name).isUnderWay() ? kernel.starts() : kernel);
    List<ObservedInstance> instances = new ArrayList<>();
    new TreeMap<>(found)
        .forEach(
            (name, record) -> instances.add(instance(name, record, running.get(name), problems)));
    List<StoredKernel> stored =
        take(kernels.observe(), problems).stream()
            .map(k -> k.tried(trial.known(k.name(), k.digest())))
            .map(k -> k.with(modules(k)))
            .toList();
    List<StoredImage> pristine = take(images.observe(), problems);
    List<TrashedInstance> trash = take(disks.trashed(), problems);
    List<TrashUse> inTrash = disks.trashFolders();
    Set<Integer> strays = new HashSet<>(processed.strayUids());
    strays.addAll(disks.strayUids(unread(found), inTrash));
    Observed observed =
        new Observed(
            layout,
            clock.instant(),
            stored,
            pristine,
            seen.bridges(),
            seen.ports(),
            instances,
            trash,
            disks.trashedRoots(),
            trashSizes.of(inTrash),
            filtered.join(),
            daemons.observe(processed.mains()),
            new ObservedNames(
                names.told(), names.serversOfTheHost(), hosts == null ? null : hosts.observe()),
            new HealthReportFile(layout).ailments(running, clock.instant()),
            strays,
            disk(),
            problems,
            network.surroundings(seen.bridges()));
    return new Sight(observed, processed.mains());
  }

  private Set<String> modules(StoredKernel kernel) {
    try {
      return new KernelModules(layout, kernel.name(), kernel.digest()).names();
    } catch (IOException e) {
      throw Problem.of(
              "modules-unreadable", "looking at the modules of kernel " + kernel.name() + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  private static List<ResourceName> unread(Map<ResourceName, Checked<InstanceRecord>> found) {
    return found.entrySet().stream()
        .filter(one -> one.getValue().value() == null)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** By statvfs(3) alone, and not by the list of all mounts, which FileStore reads. */
  private @Nullable FileSystemUse disk() {
    File state = layout.state().toFile();
    long all = state.getTotalSpace();
    return all == 0
        ? null
        : new FileSystemUse(
            new ByteSize(all - state.getFreeSpace()), new ByteSize(state.getUsableSpace()));
  }

  private static <T> T take(Checked<T> checked, List<Problem> problems) {
    T value = checked.orThrow();
    problems.addAll(checked.problems());
    return value;
  }

  private ObservedInstance instance(
      ResourceName name,
      Checked<InstanceRecord> checked,
      @Nullable RunningKernel kernel,
      List<Problem> problems) {
    problems.addAll(checked.problems());
    Checked<ObservedDisks> seen = disks.observe(name);
    problems.addAll(seen.problems());
    ObservedDisks there =
        seen.value() == null ? new ObservedDisks(null, null, Map.of()) : seen.value();
    InstanceRecord record = checked.value();
    if (record != null && kernel == null && record.applied().power() != Power.STOPPED) {
      postMortem.note(name);
    }
    Problem fault = checked.problems().isEmpty() ? null : checked.problems().get(0);
    return new ObservedInstance(
        name,
        record,
        there,
        kernel,
        starts.starts(name),
        kernel == null ? postMortem.why(name) : null,
        postMortem.last(name),
        fault);
  }

  /**
   * A tap that some process holds is not lost, so only the other taps cost a look at what a kernel
   * holds. A kernel in a namespace of its own always holds its tap; what it can lose is the veth
   * that leads there.
   */
  private RunningKernel withTaps(
      ResourceName name,
      RunningKernel kernel,
      @Nullable Checked<InstanceRecord> checked,
      Links.Seen seen) {
    InstanceRecord record = checked == null ? null : checked.value();
    if (record == null) {
      return kernel;
    }
    if (NetworkNamespace.isApart(kernel.pid())) {
      Set<InterfaceName> lost = new HashSet<>(record.taps());
      lost.removeAll(seen.apart());
      lost.removeIf(tap -> !isNamed(tap, kernel)); // Behind a uml_switch it has none.
      return lost.isEmpty() ? kernel : kernel.without(new LostTaps(lost, true));
    }
    return seen.held().containsAll(record.taps())
        ? kernel
        : kernel.without(taps.observe(name, kernel.pid(), record.taps()));
  }

  private static boolean isNamed(InterfaceName tap, RunningKernel kernel) {
    return kernel.boot().arguments().stream()
        .anyMatch(word -> word.endsWith("ifname=" + tap) || word.contains("ifname=" + tap + ","));
  }

  /** An instance whose record is lost runs as the user that owns its root. */
  private Map<ResourceName, Integer> uids(Map<ResourceName, Checked<InstanceRecord>> found) {
    Map<ResourceName, Integer> uids = new HashMap<>();
    found.forEach((name, record) -> {
      InstanceRecord known = record.value();
      Integer uid = known == null ? ownerOfRoot(name) : Integer.valueOf(known.uid());
      if (uid != null) {
        uids.put(name, uid);
      }
    });
    return uids;
  }

  private @Nullable Integer ownerOfRoot(ResourceName name) {
    try {
      return (Integer) Files.getAttribute(layout.rootCow(name), "unix:uid");
    } catch (IOException gone) {
      return null;
    }
  }
}
