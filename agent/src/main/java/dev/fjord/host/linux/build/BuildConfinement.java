package dev.fjord.host.linux.build;

import dev.fjord.host.linux.uml.SyscallFilter;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The words that run a program of a build: maintainer scripts, an archive's reader, the
 * administrator's script. It sees the host's {@code /usr} read-only, an {@code /etc} with next to
 * nothing in it, a {@code /tmp} of its own, and the build's folders; no other process, no device
 * but the harmless ones. It is root in a user namespace of {@link BuildUsers} alone: it has no
 * capability over anything of the host's, can make no device node, and can write no file of the
 * host's root. System calls that no build needs are refused ({@link SyscallFilter#BUILD}), and it
 * is in a control group, as a machine is ({@link BuildStage}).
 *
 * <p>Everything that is mounted is mounted in a namespace that ends with the program.
 */
final class BuildConfinement {
  /** Builds end before the agent does when memory runs out (proc_pid_oom_score_adj(5)). */
  private static final int OOM_SCORE = 500;

  private static final List<String> MERGED = List.of("bin", "sbin", "lib", "lib32", "lib64");

  /** How names are resolved and certificates are known: what fetching takes. */
  private static final List<String> NETWORK =
      List.of("resolv.conf", "hosts", "nsswitch.conf", "ssl", "ca-certificates");

  /** The first one that is free: programs leave the first three open alone. */
  private static final String FILTER = "3";

  private final Layout layout;
  private final ByteSize largestFile;
  private final List<String> mounts = new ArrayList<>();
  private final List<String> variables = new ArrayList<>();
  private boolean network;

  /**
   * A confinement that shows nothing of the build yet.
   *
   * @param largestFile the size beyond which no file grows
   */
  BuildConfinement(BuildRoom room, ByteSize largestFile) {
    this.layout = room.layout();
    this.largestFile = largestFile;
    mounts.addAll(List.of("--perms", "0755", "--tmpfs", "/"));
    mount("--ro-bind", Path.of("/usr"), "/usr");
    for (String name : MERGED) {
      Path path = Path.of("/", name);
      if (Files.isSymbolicLink(path)) {
        mounts.addAll(List.of("--symlink", "usr/" + name, "/" + name));
      } else if (Files.isDirectory(path)) {
        mount("--ro-bind", path, "/" + name);
      }
    }
    mounts.addAll(
        List.of("--perms", "1777", "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"));
    for (String made :
        List.of("/etc", "/etc/apt", "/etc/apt/apt.conf.d", "/etc/apt/trusted.gpg.d")) {
      folder(made);
    }
    for (String made : List.of("/var", "/var/lib", "/var/lib/apt", "/var/lib/dpkg")) {
      folder(made);
    }
    mount("--ro-bind-try", Path.of("/etc/alternatives"), "/etc/alternatives");
    for (String file : List.of("subuid", "subgid", "passwd", "group")) {
      mount("--ro-bind", room.etc().resolve(file), "/etc/" + file);
    }
    folder("/build");
    variable("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    variable("LC_ALL", "C.UTF-8");
    variable("HOME", "/tmp");
  }

  BuildConfinement writable(Path path, String shown) {
    return mount("--bind", path, shown);
  }

  BuildConfinement readOnly(Path path, String shown) {
    return mount("--ro-bind", path, shown);
  }

  /** Makes a root file system one in which programs run. */
  BuildConfinement system(String root) {
    mounts.addAll(List.of("--proc", root + "/proc", "--dev", root + "/dev"));
    return this;
  }

  BuildConfinement variable(String name, String value) {
    variables.addAll(List.of("--setenv", name, value));
    return this;
  }

  /** Lets the program reach what the agent reaches; without this it has no network. */
  BuildConfinement withNetwork() {
    network = true;
    for (String file : NETWORK) {
      mount("--ro-bind-try", Path.of("/etc", file), "/etc/" + file);
    }
    return this;
  }

  /** The whole list of words that runs {@code program}. All that it starts ends with it. */
  List<String> words(List<String> program) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("choom", "-n", Integer.toString(OOM_SCORE), "--"));
    words.addAll(List.of("prlimit", "--core=0", "--fsize=" + largestFile.bytes(), "--"));
    // As Confinement does it: flock(1) opens the filter for bubblewrap to read.
    Path calls = SyscallFilter.BUILD.file(layout);
    words.addAll(List.of("flock", "--shared", "--no-fork", calls.toString()));
    words.addAll(List.of("bwrap", "--seccomp", FILTER));
    words.addAll(List.of("--unshare-pid", "--unshare-ipc", "--unshare-uts"));
    words.addAll(List.of("--unshare-cgroup-try", "--new-session", "--die-with-parent"));
    words.addAll(network ? List.of() : List.of("--unshare-net"));
    words.addAll(mounts);
    words.addAll(List.of("--remount-ro", "/", "--chdir", "/build", "--clearenv"));
    words.addAll(variables);
    // The capabilities that making the user namespace takes; none of them is valid inside it.
    words.addAll(List.of("--cap-drop", "ALL", "--cap-add", "CAP_SETUID"));
    words.addAll(List.of("--cap-add", "CAP_SETGID", "--cap-add", "CAP_SYS_ADMIN", "--"));
    String map = BuildUsers.FIRST + ",0," + BuildUsers.COUNT;
    words.addAll(List.of("unshare", "--user", "--map-users=" + map, "--map-groups=" + map));
    words.addAll(List.of("--setuid", "0", "--setgid", "0", "--mount", "--"));
    words.addAll(program);
    return words;
  }

  Layout layout() {
    return layout;
  }

  private void folder(String path) {
    mounts.addAll(List.of("--perms", "0755", "--dir", path));
  }

  private BuildConfinement mount(String how, Path path, String shown) {
    mounts.addAll(List.of(how, path.toString(), shown));
    return this;
  }
}
