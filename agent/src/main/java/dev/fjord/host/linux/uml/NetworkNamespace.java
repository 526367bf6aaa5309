package dev.fjord.host.linux.uml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which network namespace a process is in (network_namespaces(7)), by its identity in {@code
 * /proc}.
 */
public final class NetworkNamespace {
  private NetworkNamespace() {}

  /**
   * Whether the process is in another one than this agent: kernels are, except those that an older
   * agent started and those behind a uml_switch. False, too, for one that has ended.
   */
  public static boolean isApart(long pid) {
    try {
      return !of(Long.toString(pid)).equals(of("self"));
    } catch (IOException ended) {
      return false;
    }
  }

  /** Whether both processes are in the same one; false, too, once one has ended. */
  static boolean areTogether(long one, long other) {
    try {
      return of(Long.toString(one)).equals(of(Long.toString(other)));
    } catch (IOException ended) {
      return false;
    }
  }

  private static Path of(String process) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc", process, "ns/net"));
  }
}
