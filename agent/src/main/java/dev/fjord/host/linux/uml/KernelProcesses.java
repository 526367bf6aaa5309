package dev.fjord.host.linux.uml;

import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the kernels that run, by looking at every process of the host, and by what a process cannot
 * forge: its user id, which is one instance's alone; its place in a pid namespace, of whose
 * processes the main one of a kernel is the second, after bubblewrap; and that bubblewrap, which is
 * root's, was started to confine this instance. The process's own command line counts for its
 * settings alone: root in a guest can write over that. Holds no state; safe for use by many
 * threads.
 */
public final class KernelProcesses {
  private static final Path PROC = Path.of("/proc");
  private static final long MAIN = 2;
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]+");
  private static final String CONFINES = "bwrap";

  /** More than one machine may have. */
  private static final int MOST = 5000;

  private final Layout layout;

  public KernelProcesses(Layout layout) {
    this.layout = layout;
  }

  /**
   * What runs.
   *
   * @param kernels that of each instance that has one
   * @param strayUids of kernels that none of these instances can have
   * @param mains the second processes of all pid namespaces: whatever fjord runs is among them
   */
  public record Seen(
      Map<ResourceName, RunningKernel> kernels, Set<Integer> strayUids, Set<Long> mains) {
    public Seen {
      kernels = Map.copyOf(kernels);
      strayUids = Set.copyOf(strayUids);
      mains = Set.copyOf(mains);
    }
  }

  /**
   * Looks at every process. One that ends while it is looked at is none.
   *
   * @param uids of the instances, as their records say
   * @throws dev.fjord.problem.ProblemException when processes cannot be listed
   */
  public Seen observe(Map<ResourceName, Integer> uids) {
    return observe(uids, null);
  }

  /**
   * As the other, among the processes that a look has found before: a process is in one place of
   * its pid namespace for life (pid_namespaces(7)). One that is not among them is not seen.
   *
   * @param mains of an earlier look; null for every process
   */
  public Seen observe(Map<ResourceName, Integer> uids, @Nullable Set<Long> mains) {
    Map<Integer, List<ResourceName>> names = new HashMap<>(); // A lost record may make it two.
    uids.forEach((name, uid) -> names.computeIfAbsent(uid, one -> new ArrayList<>()).add(name));
    Map<ResourceName, RunningKernel> found = new HashMap<>();
    Set<Integer> strays = new HashSet<>();
    Set<Long> seen = new HashSet<>();
    Set<Long> helpers = new HashSet<>();
    Instant boot = Proc.hostBoot();
    for (long pid : mains == null ? all() : mains) {
      // The list is in the order of pids, so that a main process comes before its helpers, of
      // which there is one for each of its guest's processes: those need not be looked at.
      String status = helpers.contains(pid) ? "" : Proc.status(pid);
      if (Proc.innerPid(status) == MAIN) {
        seen.add(pid);
        if (look(pid, status, boot, names, found, strays)) {
          helpers.addAll(mains == null ? Proc.children(pid) : List.of());
        }
      }
    }
    return new Seen(found, strays, seen);
  }

  private static List<Long> all() {
    List<Long> pids = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        pids.add(Long.parseLong(process.getFileName().toString()));
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw unreadable(e);
    }
    return pids;
  }

  /**
   * What confines an instance: with the end of the first process of a pid namespace all ends that
   * is in there, whatever it calls itself.
   *
   * @throws dev.fjord.problem.ProblemException when processes cannot be listed
   */
  List<KernelProcess> confining(ResourceName name) {
    List<KernelProcess> found = new ArrayList<>();
    for (long pid : all()) {
      KernelProcess one = confines(pid, name) ? Proc.process(pid) : null;
      if (one != null) {
        found.add(one);
      }
    }
    return found;
  }

  /** All that belongs to a kernel that runs: its terminal, what confines it, and its processes. */
  public List<Long> around(ResourceName name, KernelProcess kernel) {
    List<Long> all = new ArrayList<>(around(kernel));
    all.addAll(new ScreenSessions(layout).processes(name));
    return all;
  }

  /** What confines a kernel or a daemon, and all processes below that. */
  public List<Long> around(KernelProcess main) {
    List<Long> all = new ArrayList<>(List.of(Proc.parent(outside(main.pid()))));
    for (int i = 0; i < all.size() && all.size() < MOST; i++) {
      all.addAll(Proc.children(all.get(i)));
    }
    return all;
  }

  private static RuntimeException unreadable(Exception e) {
    return Problem.of("processes-unreadable", "listing the processes of this host failed")
        .detail(e.toString())
        .asException(e);
  }

  /** The kernel of one instance, or null when none runs. */
  public @Nullable KernelProcess find(ResourceName name, int uid) {
    RunningKernel kernel = observe(Map.of(name, uid)).kernels().get(name);
    return kernel == null ? null : Proc.process(kernel.pid());
  }

  /** Whether the words of any process of this host name a file, in whole or at the end of one. */
  public boolean isNamed(Path file) {
    String path = file.toString();
    return ProcessHandle.allProcesses()
        .flatMap(process -> Proc.words(process.pid()).stream())
        .anyMatch(word -> word.endsWith(path));
  }

  private boolean look(
      long pid,
      String status,
      Instant hostBoot,
      Map<Integer, List<ResourceName>> names,
      Map<ResourceName, RunningKernel> found,
      Set<Integer> strays) {
    List<ResourceName> whose = names.getOrDefault(Proc.uid(status), List.of());
    long outside = outside(pid);
    String folder = layout.umlDirectories() + "/";
    if (whose.isEmpty() && confines(outside, word -> word.startsWith(folder))) {
      strays.add(Proc.uid(status)); // Its folder is lost, or there is no telling whose it is.
    }
    ResourceName name =
        whose.stream().filter(one -> confines(outside, one)).findFirst().orElse(null);
    KernelProcess process = Proc.process(pid);
    if (name == null || process == null) {
      return false;
    }
    KernelInvocation boot = boot(Proc.words(pid));
    found.put(name, new RunningKernel(pid, boot, Proc.paused(pid), process.started(hostBoot)));
    return true;
  }

  /** Up from a kernel: bubblewrap as the first of the pid namespace, and outside of it. */
  private static long outside(long pid) {
    return Proc.parent(Proc.parent(pid));
  }

  private boolean confines(long pid, ResourceName name) {
    return confines(pid, layout.umlDirectory(name).toString()::equals);
  }

  /** Whether it is root's bubblewrap, with such a word. */
  private static boolean confines(long pid, Predicate<String> word) {
    List<String> words = Proc.words(pid);
    return words.get(0).equals(CONFINES)
        && words.stream().anyMatch(word)
        && Proc.uid(Proc.status(pid)) == 0;
  }

  /**
   * A guest's root can write over these words. Those that this program would never write are left
   * out: they become drift of that machine, and no run fails because of them.
   */
  private static KernelInvocation boot(List<String> words) {
    List<String> sound = words.stream().filter(word -> PRINTABLE.matcher(word).matches()).toList();
    boolean named = !sound.isEmpty() && sound.get(0).equals(words.get(0));
    return named
        ? new KernelInvocation(Path.of(sound.get(0)), sound.subList(1, sound.size()))
        : new KernelInvocation(Path.of("/"), sound);
  }

  /** Whether a process is the main one of a kernel that runs as {@code uid}. */
  public static boolean isMain(long pid, int uid) {
    String status = Proc.status(pid);
    return Proc.uid(status) == uid && Proc.innerPid(status) == MAIN && Proc.process(pid) != null;
  }
}
