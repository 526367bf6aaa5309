package dev.fjord.host.linux.group;

import dev.fjord.model.ByteSize;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Digest;
import dev.fjord.model.HostBounds;
import dev.fjord.model.HostBounds.Bound;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step.Bounds;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A control group (cgroups(7)) for each machine, with all that belongs to it: the kernel's process,
 * what root in the guest makes of it, and its terminal. It cannot be forged, since only root can
 * move a process out of its group. Safe for use by many threads, one for each machine.
 *
 * <p>Processors are shared by machines, however many processes each has. Memory counts whatever the
 * processes make the host's kernel hold: files of memory, page tables, slab. When that is too much,
 * only the machine's own processes are killed.
 */
public final class MachineGroups {
  private static final String PARENT = "fjord";

  /** No machine's name begins like this. */
  private static final String BESIDE_MACHINES = "_";

  /**
   * As many processes as a machine may have besides (RLIMIT_NPROC), and those around its kernel.
   */
  private static final int PIDS = 2048 + 64;

  /** What a kernel needs beside its guest's memory: page tables and stacks of all its processes. */
  private static final ByteSize BESIDE = ByteSize.mib(192);

  /** cpu.shares of v1 for a weight of 100. */
  private static final int USUAL_SHARES = 1024;

  /** In v1 what is in no group counts process by process beside all machines together. */
  private static final int PARENT_SHARES = 10 * USUAL_SHARES;

  private static final int PERIOD_MICROS = 100_000;
  private static final int LEAST_SHARES = 2;

  private final Hierarchy hierarchy;
  private final String suffix;

  public MachineGroups(Layout layout) {
    this(layout, Hierarchy.ofHost());
  }

  MachineGroups(Layout layout, Hierarchy hierarchy) {
    this.hierarchy = hierarchy;
    // Two agents of one host may both have a linda.
    this.suffix = "." + Digest.ofText(layout.run().toString()).hex().substring(0, 8);
  }

  /** What this host bounds. */
  public HostBounds real() {
    Set<Bound> real = EnumSet.noneOf(Bound.class);
    for (Controller controller : hierarchy.trees().keySet()) {
      for (Bound bound : controller.bounds()) {
        if (hierarchy.has(controller, fileOf(bound)) && !isLeftOut(bound)) {
          real.add(bound);
        }
      }
    }
    String version = hierarchy.unified() ? "v2" : "v1";
    return new HostBounds(real.isEmpty() ? null : version, real);
  }

  /** The file that is there where the host's kernel was built to bound it. */
  private String fileOf(Bound bound) {
    boolean unified = hierarchy.unified();
    return switch (bound) {
      case MEMORY -> unified ? "memory.max" : "memory.limit_in_bytes";
      case SWAP -> unified ? "memory.swap.max" : "memory.memsw.limit_in_bytes";
      case SLAB -> unified ? "memory.stat" : "memory.kmem.usage_in_bytes";
      case PIDS -> "pids.max";
      case CPU_WEIGHT -> unified ? "cpu.weight" : "cpu.shares";
      case CPU_LIMIT -> unified ? "cpu.max" : "cpu.cfs_quota_us";
      case IO -> unified ? "io.weight" : "blkio.weight";
    };
  }

  /** By a word of the host's boot line (Documentation/admin-guide/kernel-parameters.txt). */
  private static boolean isLeftOut(Bound bound) {
    try {
      return bound == Bound.SLAB
          && Stream.of(Files.readString(Path.of("/proc/cmdline")).split("\\s+", -1))
              .anyMatch(word -> word.startsWith("cgroup.memory=") && word.contains("nokmem"));
    } catch (IOException unreadable) {
      return false;
    }
  }

  /**
   * Makes the machine's group with these bounds and puts processes into it; what they start from
   * then on is in it, too. Where the host bounds nothing it does nothing.
   *
   * @throws dev.fjord.problem.ProblemException {@code group-failed} when the host has groups, and
   *     does not let this be done
   */
  public void hold(ResourceName name, Bounds bounds, Collection<Long> pids) {
    hold(name.value(), "instance " + name, bounds, pids);
  }

  /**
   * As {@link #hold}, for what runs beside the machines: it counts as one of them, so that a guest
   * that keeps it busy takes no more from the others than one more machine would.
   *
   * @param what a name that is unique among its kind, {@code dnsmasq-lan}
   */
  public void holdBeside(String what, Bounds bounds, Collection<Long> pids) {
    hold(BESIDE_MACHINES + what, what, bounds, pids);
  }

  private void hold(String name, String whose, Bounds bounds, Collection<Long> pids) {
    try {
      for (Path group : bound(name, bounds)) {
        for (long pid : pids) {
          enter(group, pid);
        }
      }
    } catch (IOException e) {
      throw Problem.of("group-failed", "bounding what " + whose + " may take failed")
          .detail(e.toString())
          .hint("Are the host's control groups writable for root? 'fjord doctor' looks.")
          .asException(e);
    }
  }

  /** Whether a process is in the machine's group; true, too, where the host bounds nothing. */
  public boolean holds(ResourceName name, long pid) {
    if (hierarchy.trees().isEmpty()) {
      return true;
    }
    try {
      String wanted = "/" + PARENT + "/" + name + suffix;
      return Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
              .filter(line -> line.endsWith(wanted))
              .count()
          >= groups(name.value()).size();
    } catch (IOException ended) {
      return true;
    }
  }

  /**
   * Removes the group of a machine that has ended, or as much of it as is empty already: an ended
   * process is in its group until its parent has waited for it.
   *
   * @return whether nothing of it is left; the next start takes over what is
   */
  public boolean forget(ResourceName name) {
    return forget(name.value());
  }

  /** As {@link #forget}, of what was held by {@link #holdBeside}. */
  public boolean forgetBeside(String what) {
    return forget(BESIDE_MACHINES + what);
  }

  private boolean forget(String name) {
    boolean gone = true;
    for (Path group : groups(name)) {
      try {
        Files.deleteIfExists(group);
      } catch (IOException stillEnding) {
        gone = false;
      }
    }
    return gone;
  }

  /**
   * How many processes the machine's group has lost to lack of memory since it was made, whether
   * its own bound was reached or the host had no more; 0 where the host does not count them.
   */
  public long killed(ResourceName name) {
    Path tree = hierarchy.trees().get(Controller.MEMORY);
    if (tree == null) {
      return 0;
    }
    Path group = tree.resolve(PARENT).resolve(name + suffix);
    Path file = group.resolve(hierarchy.unified() ? "memory.events" : "memory.oom_control");
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.matches("oom_kill [0-9]{1,18}"))
          .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
          .sum();
    } catch (IOException notCounted) {
      return 0;
    }
  }

  private List<Path> groups(String name) {
    return hierarchy.trees().values().stream()
        .map(tree -> tree.resolve(PARENT).resolve(name + suffix))
        .distinct()
        .toList();
  }

  private List<Path> bound(String name, Bounds bounds) throws IOException {
    List<Path> groups = new ArrayList<>();
    for (Map.Entry<Controller, Path> tree : hierarchy.trees().entrySet()) {
      Path parent = tree.getValue().resolve(PARENT);
      if (hierarchy.unified()) {
        delegate(tree.getValue(), tree.getKey());
      }
      Files.createDirectories(parent);
      if (hierarchy.unified()) {
        delegate(parent, tree.getKey());
      } else if (tree.getKey() == Controller.CPU) {
        write(parent.resolve("cpu.shares"), Integer.toString(PARENT_SHARES));
      }
      Path group = Files.createDirectories(parent.resolve(name + suffix));
      for (Value value : values(tree.getKey(), bounds)) {
        Path file = group.resolve(value.file());
        if (Files.exists(file)) { // Not each kernel counts swap, or can hold processors.
          write(file, value.text());
        }
      }
      if (!groups.contains(group)) {
        groups.add(group);
      }
    }
    return groups;
  }

  private record Value(String file, String text) {}

  private List<Value> values(Controller controller, Bounds bounds) {
    return hierarchy.unified() ? values2(controller, bounds) : values1(controller, bounds);
  }

  /** Documentation/admin-guide/cgroup-v2.rst. */
  private static List<Value> values2(Controller controller, Bounds bounds) {
    CpuShare cpu = bounds.cpu();
    String memory = Long.toString(memory(bounds));
    return switch (controller) {
      case CPU ->
          List.of(
              new Value("cpu.weight", Integer.toString(cpu.weight())),
              new Value(
                  "cpu.max",
                  (cpu.limit() == null ? "max" : quota(cpu.limit())) + " " + PERIOD_MICROS));
      case MEMORY ->
          List.of(
              new Value("memory.max", memory),
              new Value("memory.swap.max", memory),
              new Value("memory.oom.group", "1"));
      case PIDS -> List.of(new Value("pids.max", Integer.toString(PIDS)));
    };
  }

  /** Documentation/admin-guide/cgroup-v1/memory.rst, and scheduler/sched-bwc.rst. */
  private static List<Value> values1(Controller controller, Bounds bounds) {
    CpuShare cpu = bounds.cpu();
    long shares = Math.max(LEAST_SHARES, (long) cpu.weight() * USUAL_SHARES / 100);
    String memory = Long.toString(memory(bounds));
    return switch (controller) {
      case CPU ->
          List.of(
              new Value("cpu.shares", Long.toString(shares)),
              new Value("cpu.cfs_period_us", Integer.toString(PERIOD_MICROS)),
              new Value("cpu.cfs_quota_us", cpu.limit() == null ? "-1" : quota(cpu.limit())));
      case MEMORY ->
          List.of(
              new Value("memory.memsw.limit_in_bytes", "-1"), // It is never below the next one.
              new Value("memory.limit_in_bytes", memory),
              new Value("memory.memsw.limit_in_bytes", memory));
      case PIDS -> List.of(new Value("pids.max", Integer.toString(PIDS)));
    };
  }

  private static String quota(int percent) {
    return Integer.toString(percent * (PERIOD_MICROS / 100));
  }

  private static long memory(Bounds bounds) {
    return bounds.memory().bytes() + bounds.memory().bytes() / 2 + BESIDE.bytes();
  }

  /** Gives a controller to the groups below; usually that is done already. */
  private static void delegate(Path group, Controller controller) throws IOException {
    Path file = group.resolve("cgroup.subtree_control");
    if (!List.of(Files.readString(file).strip().split(" ", -1)).contains(controller.word())) {
      write(file, "+" + controller.word());
    }
  }

  private static void enter(Path group, long pid) throws IOException {
    try {
      write(group.resolve("cgroup.procs"), Long.toString(pid));
    } catch (IOException e) {
      if (Files.exists(Path.of("/proc/" + pid))) {
        throw e;
      }
    }
  }

  /** Not a file that is replaced: each write is a call to the kernel. */
  private static void write(Path file, String value) throws IOException {
    Files.writeString(file, value, StandardOpenOption.WRITE);
  }
}
