package dev.fjord.host.linux.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The user that this process runs as, and the settings of the host's kernel. */
final class HostSettings {
  private static final long FEWEST_PIDS = 32_768;

  private final HostFiles files;

  HostSettings(HostFiles files) {
    this.files = files;
  }

  List<Finding> examine() {
    return Stream.of(
            user(),
            architecture(),
            java(),
            ptrace(),
            children(),
            processes(),
            kernelLog(),
            compiler())
        .filter(finding -> !finding.found().isEmpty())
        .toList();
  }

  private Finding user() {
    String status = files.read("/proc/self/status");
    boolean root = status != null && status.contains("\nUid:\t0\t0\t");
    return root
        ? Finding.ok("user", "root")
        : Finding.fault("user", "not root", "sudo fjord doctor; the agent runs as root, too.");
  }

  private static Finding architecture() {
    String name = System.getProperty("os.arch", "unknown");
    return name.equals("amd64")
        ? Finding.ok("processor", name)
        : Finding.fault("processor", name, "User-Mode Linux runs on x86 only.");
  }

  private static Finding java() {
    return Finding.ok("java", Runtime.version().toString());
  }

  /**
   * From 2 on only privileged processes can trace their children, which is how UML runs its guest.
   */
  private Finding ptrace() {
    long scope = files.number("/proc/sys/kernel/yama/ptrace_scope", 0);
    String found = "kernel.yama.ptrace_scope = " + scope;
    return scope < 2
        ? Finding.ok("ptrace", found)
        : Finding.fault(
            "ptrace", found, "sysctl kernel.yama.ptrace_scope=1, and for good in /etc/sysctl.d.");
  }

  /** Without CONFIG_PROC_CHILDREN no kernel is found below its terminal. */
  private static Finding children() {
    long pid = ProcessHandle.current().pid();
    boolean there = Files.exists(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
    return there
        ? Finding.ok("/proc", "lists children")
        : Finding.fault(
            "/proc",
            "the host's kernel lists no children",
            "Boot a kernel with CONFIG_PROC_CHILDREN; every distribution's has it.");
  }

  /** Every process of a guest is one of the host. */
  private Finding processes() {
    long most = files.number("/proc/sys/kernel/pid_max", Long.MAX_VALUE);
    String found = "at most " + most;
    return most >= FEWEST_PIDS
        ? Finding.ok("processes", found)
        : Finding.warning(
            "processes", found, "sysctl kernel.pid_max=4194304, and for good in /etc/sysctl.d.");
  }

  private Finding kernelLog() {
    long restricted = files.number("/proc/sys/kernel/dmesg_restrict", 1);
    return restricted != 0
        ? Finding.ok("kernel log", "hidden from guests")
        : Finding.warning(
            "kernel log",
            "guests that break out of their kernel can read this host's dmesg",
            "sysctl kernel.dmesg_restrict=1, and for good in /etc/sysctl.d.");
  }

  /**
   * Needed for the small programs that work on partners' disks, for kernels that outlive their
   * taps, and on some processors to start.
   */
  private Finding compiler() {
    String processors = files.read("/proc/cpuinfo");
    boolean needed = processors != null && processors.contains(" amx_tile");
    boolean compiler =
        Stream.of("/usr/bin/cc", "/usr/bin/gcc").anyMatch(cc -> Files.isExecutable(Path.of(cc)));
    if (compiler) {
      return Finding.ok("compiler", "there");
    }
    return Finding.warning(
        "compiler",
        "none: disks cannot grow, 'onImageChange: rebase' fails, and a deleted tap costs a restart"
            + (needed ? "; on this processor (AMX) kernels before 6.13 do not start" : ""),
        "apt-get install gcc libc6-dev.");
  }
}
