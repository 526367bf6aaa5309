package dev.fjord.host.linux.uml;

import dev.fjord.model.Boot;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the kernels that run, by looking at every process of the host. Anybody can give a process
 * the words of an instance's kernel, so it must have that instance's user id, too. Of the processes
 * that make one kernel the main one is the second of its pid namespace: the first is bubblewrap.
 * Holds no state; safe for use by many threads.
 */
public final class KernelProcesses {
  private static final Path PROC = Path.of("/proc");
  private static final long MAIN = 2;
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]+");

  private final String umlDirectory;

  public KernelProcesses(Layout layout) {
    this.umlDirectory = "uml_dir=" + layout.umlDirectories() + "/";
  }

  /**
   * The kernel of each instance that has one. A process that ends while it is looked at is none.
   *
   * @param uids of the instances, as their records say
   * @throws dev.fjord.problem.ProblemException when processes cannot be listed
   */
  public Map<ResourceName, RunningKernel> observe(Map<ResourceName, Integer> uids) {
    Map<ResourceName, RunningKernel> found = new HashMap<>();
    Set<Long> helpers = new HashSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        // The list is in the order of pids, so that a main process comes before its helpers, of
        // which there is one for each of its guest's processes: those need not be looked at.
        if (!helpers.contains(pid) && look(pid, uids, found)) {
          helpers.addAll(Proc.children(pid));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw Problem.of("processes-unreadable", "listing the processes of this host failed")
          .detail(e.toString())
          .asException(e);
    }
    return found;
  }

  /** The kernel of one instance, or null when none runs. */
  public @Nullable KernelProcess find(ResourceName name, int uid) {
    RunningKernel kernel = observe(Map.of(name, uid)).get(name);
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
      long pid, Map<ResourceName, Integer> uids, Map<ResourceName, RunningKernel> found) {
    List<String> words = Proc.words(pid);
    ResourceName name = name(words);
    Integer uid = name == null ? null : uids.get(name);
    if (name == null || uid == null || !isMain(pid, uid)) {
      return false;
    }
    Boot boot = boot(words);
    KernelProcess process = Proc.process(pid);
    Instant started = process == null ? Instant.MAX : process.started(Proc.hostBoot());
    found.put(name, new RunningKernel(pid, boot, Proc.paused(pid), started));
    return true;
  }

  /**
   * A guest's root can write over these words. Those that this program would never write are left
   * out: they become drift of that machine, and no fault of anybody's run.
   */
  private static Boot boot(List<String> words) {
    List<String> sound = words.stream().filter(word -> PRINTABLE.matcher(word).matches()).toList();
    boolean named = !sound.isEmpty() && sound.get(0).equals(words.get(0));
    return named
        ? new Boot(Path.of(sound.get(0)), sound.subList(1, sound.size()))
        : new Boot(Path.of("/"), sound);
  }

  /** Whether a process is the main one of a kernel that runs as {@code uid}. */
  public static boolean isMain(long pid, int uid) {
    String status = Proc.status(pid);
    return Proc.uid(status) == uid && Proc.innerPid(status) == MAIN && Proc.process(pid) != null;
  }

  private @Nullable ResourceName name(List<String> words) {
    if (!words.contains("umid=" + Layout.UMID)) {
      return null;
    }
    for (String word : words) {
      if (word.startsWith(umlDirectory) && word.endsWith("/")) {
        String name = word.substring(umlDirectory.length(), word.length() - 1);
        return name.matches(ResourceName.PATTERN) ? new ResourceName(name) : null;
      }
    }
    return null;
  }
}
