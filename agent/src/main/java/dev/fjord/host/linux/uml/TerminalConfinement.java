package dev.fjord.host.linux.uml;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a machine's terminal and the programs that speak to it run. The terminal reads what a
 * hostile guest writes, so it runs as the machine's own user in a confinement of its own: no
 * process, disk, socket or terminal is there except its own, not even the kernel's. An attacker
 * that takes it over gains nothing that the guest's root did not have, and one that owns the kernel
 * does not reach it.
 */
final class TerminalConfinement {
  /**
   * Where screen(1) of Debian and of most makes its sockets, in a folder of its own for each user;
   * others do below {@link #SCRATCH}. Both are file systems of its own, so that what is put there
   * is bounded and no other machine sees it.
   */
  private static final Path SOCKETS = Path.of("/run/screen");

  static final Path SCRATCH = Path.of("/tmp");

  /** Of the host's terminals none is there. */
  static final Path PTS = Path.of("/dev/pts/0");

  /** That of the agent that opened the terminal. */
  private static final Path CALLS = Path.of("/calls.bpf");

  /** Of what the terminal shows and has shown, which a wide window makes 2 MiB. */
  private static final ByteSize SIZE = ByteSize.mib(4);

  private static final ByteSize FEW = new ByteSize(64 << 10);

  private static final Path BIN = Path.of("/usr/bin");

  /** Where a terminal of the one that attaches is described. */
  private static final List<Path> DESCRIPTIONS =
      List.of(Path.of("/usr/share/terminfo"), Path.of("/etc/terminfo"));

  /** The group's other members are the machine's own processes, which may be so many. */
  private static final int PROCESSES = 2048 + 64;

  private final Layout layout;

  TerminalConfinement(Layout layout) {
    this.layout = layout;
  }

  /** A program there, with a new place for it. */
  Starter.Begun begun(ResourceName name, int uid, List<String> program) {
    Confinement confinement =
        Confinement.withTerminals(uid, SIZE)
            .asking(SyscallFilter.TERMINAL.file(layout))
            .noted()
            .untied()
            .first()
            .randomAddresses()
            .processes(PROCESSES)
            .scratch(SOCKETS, FEW)
            .scratch(SCRATCH, SIZE)
            .readOnly(layout.screenSettings())
            .readOnly(layout.terminalUser(name), Path.of("/etc/passwd"))
            .readOnly(SyscallFilter.TERMINAL.file(layout), CALLS);
    for (String needed : List.of("screen", "env", "sleep", "head", "rm", "flock", "bwrap")) {
      confinement.readOnly(BIN.resolve(needed));
    }
    DESCRIPTIONS.stream().filter(Files::isDirectory).forEach(confinement::readOnly);
    environment().forEach(confinement::variable);
    return confinement.begun(program);
  }

  /**
   * Words that run a program in the place of a terminal that is there, as its user, with the same
   * system calls.
   *
   * @param screen the terminal's process
   * @param more variables
   */
  List<String> words(long screen, int uid, Map<String, String> more, List<String> program) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("prlimit", "--core=0", "--nproc=" + PROCESSES));
    words.addAll(List.of("--fsize=" + SIZE.bytes(), "--"));
    words.addAll(List.of("nsenter", "--target", Long.toString(screen), "--mount", "--pid"));
    words.addAll(List.of("--net", "--ipc", "--uts", "--"));
    words.addAll(List.of("flock", "--shared", "--no-fork", CALLS.toString()));
    words.addAll(List.of("bwrap", "--dev-bind", "/", "/", "--seccomp", "3", "--die-with-parent"));
    words.add("--clearenv");
    environment().forEach((key, value) -> words.addAll(List.of("--setenv", key, value)));
    more.forEach((key, value) -> words.addAll(List.of("--setenv", key, value)));
    String id = Integer.toString(uid);
    words.addAll(List.of("--", "setpriv", "--reuid", id, "--regid", id, "--clear-groups"));
    words.addAll(List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"));
    words.addAll(program);
    return words;
  }

  private static Map<String, String> environment() {
    return Map.of(
        "PATH", "/usr/bin",
        "HOME", "/",
        "LC_ALL", "C.UTF-8",
        "SYSSCREENRC", "/dev/null"); // What the host's people set for themselves.
  }
}
