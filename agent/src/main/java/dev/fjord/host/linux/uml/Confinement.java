package dev.fjord.host.linux.uml;

import dev.fjord.model.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The words that run a program as hostile code: bubblewrap gives it a mount namespace with nothing
 * but what is named here, a pid, an ipc and a uts namespace of its own, and setpriv drops its
 * privileges. Paths inside are the paths outside, so that what a COW header and {@code
 * /proc/PID/cmdline} say is true.
 *
 * <p>No device but the named ones, no terminal but the one it is given, no {@code /sys}, no {@code
 * /etc}. All that it can write to is bounded: files by RLIMIT_FSIZE, folders by the size of a file
 * system of their own. The network namespace is that of the process that runs these words.
 */
public final class Confinement {
  /** Guests end before the agent does when memory runs out (proc_pid_oom_score_adj(5)). */
  private static final int OOM_SCORE = 500;

  private static final int OPEN_FILES = 4096;

  /** Every process of a guest is one of the host, and every instance has a user of its own. */
  private static final int PROCESSES = 2048;

  // Of asm-generic/resource.h, and of linux/personality.h.
  private static final int RLIMIT_FSIZE = 1;
  private static final int RLIMIT_CORE = 4;
  private static final int RLIMIT_NPROC = 6;
  private static final int RLIMIT_NOFILE = 7;
  private static final int ADDR_NO_RANDOMIZE = 0x0040000;

  private static final String SETPRIV = "/usr/bin/setpriv";
  private static final List<String> LIBRARIES =
      List.of("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/lib32");
  private static final List<String> DEVICES =
      List.of("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom");

  private static final String NONE = "-all";

  /**
   * Descriptor: the process that runs these words leaves only the first three and its note open.
   */
  private static final int FIRST_FREE = 3;

  private final int uid;
  private final long largestFile;
  private final Set<Path> made = new LinkedHashSet<>();
  private final List<String> mounts = new ArrayList<>();
  private final List<String> environment = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private String kept = NONE;
  private int processes = PROCESSES;
  private boolean noted;
  private boolean tied = true;

  /**
   * UML takes a random gap below its heap for memory of the guest: up to 1 GiB on paper, of which
   * the page table costs the guest 16 MiB. Its addresses are no secret from its guest.
   */
  private boolean fixedAddresses = true;

  private @Nullable Path calls;

  /**
   * @param uid of the program, and its gid
   * @param largestFile the size beyond which no file grows
   */
  public Confinement(int uid, ByteSize largestFile) {
    this(uid, largestFile, false);
  }

  private Confinement(int uid, ByteSize largestFile, boolean terminals) {
    this.uid = uid;
    this.largestFile = largestFile.bytes();
    mounts.addAll(List.of("--proc", "/proc"));
    LIBRARIES.stream().map(Path::of).filter(Files::exists).forEach(this::library);
    readOnly(Path.of(SETPRIV));
    if (terminals) {
      mounts.addAll(List.of("--dev", "/dev"));
    } else {
      DEVICES.forEach(device -> this.device(Path.of(device)));
    }
    variable("PATH", "/usr/bin");
  }

  /** A confinement whose program can make pseudo-terminals, and sees no others. */
  static Confinement withTerminals(int uid, ByteSize largestFile) {
    return new Confinement(uid, largestFile, true);
  }

  /** A link is shown as a link, since a mount takes longer. */
  private void library(Path path) {
    if (!Files.isSymbolicLink(path)) {
      readOnly(path);
      return;
    }
    try {
      Path target = Files.readSymbolicLink(path);
      mounts.addAll(List.of("--symlink", target.toString(), path.toString()));
    } catch (IOException replacedMeanwhile) {
      readOnly(path);
    }
  }

  public Confinement readOnly(Path path) {
    return mount("--ro-bind", path);
  }

  /** Shows a file of the host at another path. */
  Confinement readOnly(Path file, Path shown) {
    makeParents(shown);
    mounts.addAll(List.of("--ro-bind", file.toString(), shown.toString()));
    return this;
  }

  public Confinement writable(Path file) {
    return mount("--bind", file);
  }

  public Confinement device(Path device) {
    return mount("--dev-bind", device);
  }

  /** Shows a device node of the host at another path. */
  public Confinement device(Path node, Path shown) {
    makeParents(shown);
    mounts.addAll(List.of("--dev-bind", node.toString(), shown.toString()));
    return this;
  }

  /** Adds an empty folder that every process in there can write to; it ends with the program. */
  Confinement scratch(Path folder, ByteSize size) {
    makeParents(folder);
    made.add(folder);
    mounts.addAll(List.of("--perms", "1777", "--size", Long.toString(size.bytes())));
    mounts.addAll(List.of("--tmpfs", folder.toString()));
    return this;
  }

  Confinement variable(String name, String value) {
    environment.addAll(List.of("--setenv", name, value));
    return this;
  }

  /**
   * Keeps one capability, by its name without {@code CAP_}: all that the program may do beyond its
   * user.
   */
  public Confinement keeping(String capability) {
    kept = "-all,+" + capability;
    return this;
  }

  /**
   * Lets the program ask of the host's kernel what the filter in {@code file} allows, and nothing
   * else, see {@link SyscallFilter}.
   */
  public Confinement asking(Path file) {
    calls = file;
    return this;
  }

  /** Has bubblewrap write its note, see {@link StartRecord}. */
  Confinement noted() {
    noted = true;
    return this;
  }

  /** Lets the program outlive the process that runs the words. */
  Confinement untied() {
    tied = false;
    return this;
  }

  /**
   * Makes the program the first process of its pid namespace: all others end with it, and nothing
   * waits for it.
   */
  Confinement first() {
    options.add("--as-pid-1");
    return this;
  }

  /** Loads its parts at random addresses, as is usual for programs that are not kernels. */
  Confinement randomAddresses() {
    fixedAddresses = false;
    return this;
  }

  /** Sets how many processes its user may have in all. */
  Confinement processes(int most) {
    processes = most;
    return this;
  }

  /** Gives the program no network. */
  Confinement withoutNetwork() {
    options.addAll(List.of("--unshare-net"));
    return this;
  }

  /**
   * The whole list of words that runs {@code program}. It ends with the process that runs them, and
   * all that it has started ends with it.
   */
  public List<String> words(List<String> program) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("choom", "-n", Integer.toString(OOM_SCORE), "--"));
    words.addAll(List.of("prlimit", "--core=0", "--nofile=" + OPEN_FILES));
    words.addAll(List.of("--nproc=" + processes, "--fsize=" + largestFile, "--"));
    if (fixedAddresses) {
      words.addAll(List.of("setarch", "-R"));
    }
    if (calls != null) {
      // bubblewrap takes the filter from a descriptor: flock(1) opens a file as the first that is
      // free, leaves it open, and becomes the program. The lock is shared, and nothing depends on
      // it.
      words.addAll(List.of("flock", "--shared", "--no-fork", calls.toString()));
    }
    words.addAll(bubblewrap(program));
    return words;
  }

  /** The same, for a {@link Starter}, which itself does what comes before bubblewrap. */
  Starter.Begun begun(List<String> program) {
    Map<Integer, Long> limits =
        Map.of(
            RLIMIT_CORE,
            0L,
            RLIMIT_NOFILE,
            (long) OPEN_FILES,
            RLIMIT_NPROC,
            (long) processes,
            RLIMIT_FSIZE,
            largestFile);
    return new Starter.Begun(
        bubblewrap(program), OOM_SCORE, limits, fixedAddresses ? ADDR_NO_RANDOMIZE : null, calls);
  }

  private List<String> bubblewrap(List<String> program) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts"));
    if (calls != null) {
      words.addAll(List.of("--seccomp", Integer.toString(noted ? FIRST_FREE + 1 : FIRST_FREE)));
    }
    if (noted) {
      words.addAll(List.of("--json-status-fd", Integer.toString(Starter.DESCRIPTOR)));
    }
    words.addAll(List.of("--unshare-cgroup-try", "--new-session"));
    if (tied) {
      words.add("--die-with-parent");
    }
    words.addAll(options);
    words.addAll(mounts);
    words.addAll(List.of("--remount-ro", "/", "--chdir", "/", "--clearenv"));
    words.addAll(environment);
    String id = Integer.toString(uid);
    words.addAll(List.of("--", SETPRIV, "--reuid", id, "--regid", id, "--clear-groups"));
    words.addAll(List.of("--no-new-privs", "--inh-caps=" + kept, "--bounding-set=" + kept));
    if (!kept.equals(NONE)) {
      words.add("--ambient-caps=" + kept);
    }
    words.add("--");
    words.addAll(program);
    return words;
  }

  private Confinement mount(String how, Path path) {
    makeParents(path);
    made.add(path);
    mounts.addAll(List.of(how, path.toString(), path.toString()));
    return this;
  }

  /** bubblewrap makes missing parents 0700 and root's: the program could not pass them. */
  private void makeParents(Path path) {
    Path parent = path.getParent();
    if (parent == null || parent.getParent() == null && parent.getNameCount() == 0) {
      return;
    }
    makeParents(parent);
    if (isBelowMount(parent) || !made.add(parent)) {
      return;
    }
    mounts.addAll(List.of("--perms", "0755", "--dir", parent.toString()));
  }

  private boolean isBelowMount(Path path) {
    return LIBRARIES.stream().anyMatch(library -> path.startsWith(library));
  }
}
