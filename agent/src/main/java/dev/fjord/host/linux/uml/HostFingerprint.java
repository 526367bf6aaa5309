package dev.fjord.host.linux.uml;

import dev.fjord.file.KernelText;
import dev.fjord.model.Digest;
import dev.fjord.problem.Problem;
import java.io.IOException;

/**
 * What a kernel's trial depends on beside the kernel: when one of these changes, the kernel is
 * tried again.
 */
final class HostFingerprint {
  private static final String RELEASE = "/proc/sys/kernel/osrelease";
  private static final String PROCESSORS = "/proc/cpuinfo";

  /** The flags stand in the first few kilobytes. */
  private static final int LIMIT = 64 << 10;

  private HostFingerprint() {}

  /** Of the host's kernel, its processor's flags and the library's source. */
  static Digest now() {
    try {
      String flags =
          KernelText.read(PROCESSORS, LIMIT)
              .lines()
              .filter(line -> line.startsWith("flags"))
              .findFirst()
              .orElse("");
      String release = KernelText.read(RELEASE, LIMIT);
      return Digest.ofText(release + flags + "\n" + XsaveLibrary.version());
    } catch (IOException e) {
      throw Problem.of("host-unreadable", "reading what processor and kernel this host has failed")
          .detail(e.toString())
          .asException(e);
    }
  }
}
