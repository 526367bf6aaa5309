package dev.fjord.host.linux.uml;

import dev.fjord.model.ByteSize;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.nio.file.Path;
import java.util.List;

/** Whether this host lets a program be confined as kernels are. */
public final class ConfinementProbe {
  private static final Path TRUE = Path.of("/bin/true");

  private ConfinementProbe() {}

  /**
   * Runs {@code /bin/true} in the confinement of a kernel.
   *
   * @throws dev.fjord.problem.ProblemException when that fails
   */
  public static void run(int uid) {
    Confinement confinement =
        new Confinement(uid, ByteSize.mib(1))
            .scratch(Path.of("/dev/shm"), ByteSize.mib(1))
            .readOnly(TRUE);
    Command.Output output = Command.of(confinement.words(List.of(TRUE.toString()))).run();
    if (output.exit() != 0) {
      throw Problem.of("no-confinement", "running a program in the confinement of a kernel failed")
          .detail(PlainText.of(output.error()).strip())
          .hint(
              "It takes root, and a host that lets root make namespaces and mount: a container"
                  + " needs CAP_SYS_ADMIN and CAP_SYS_PTRACE.")
          .asException();
    }
  }
}
