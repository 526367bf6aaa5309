package dev.fjord.host.linux.uml;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The distribution's kernel, and what else a host needs to run it. */
final class RealKernel {
  static final ResourceName NAME = new ResourceName("uml");
  static final Digest DIGEST = Digest.ofText("the distribution's kernel");
  static final int UID = 30_017;

  private static final Path INSTALLED = Path.of("/usr/bin/linux.uml");

  private RealKernel() {}

  /** Skips the test, and says why, on a machine that cannot run instances. */
  static void assumeThatInstancesRunHere() {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "User-Mode Linux needs Linux");
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can confine kernels");
    for (var program :
        List.of("linux.uml", "screen", "bwrap", "setpriv", "prlimit", "choom", "busybox")) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), program + " is not in /usr/bin");
    }
  }

  static void assumeThatInstancesReachTaps() {
    try {
      TunDevice.check();
    } catch (ProblemException e) {
      assumeTrue(false, e.problem().summary());
    }
  }

  static void store(Layout layout) throws IOException {
    var kernel = layout.kernel(NAME, DIGEST);
    Files.createDirectories(kernel.getParent());
    Files.copy(INSTALLED, kernel);
    Command.of("chmod", "0555", kernel.toString()).output();
  }

  /** What each process of a user was started with. */
  static List<List<String>> processesOf(int uid) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> Proc.process(pid) != null && Proc.uid(Proc.status(pid)) == uid)
        .map(Proc::words)
        .toList();
  }

  /** A kernel in name: a program of the test's own. */
  static void storeScript(Layout layout, ResourceName name, String script) throws IOException {
    var kernel = layout.kernel(name, DIGEST);
    Files.createDirectories(kernel.getParent());
    Files.copy(Path.of("/usr/bin/busybox"), kernel.resolveSibling("busybox"));
    Files.writeString(kernel, "#!" + kernel.resolveSibling("busybox") + " sh\n" + script);
    Command.of("chmod", "0555", kernel.toString()).output();
  }
}
