package dev.fjord.host.linux.uml;

import dev.fjord.model.Digest;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a kernel's trial depends on beside the kernel: when one of these changes, ask again. */
final class HostFingerprint {
  private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private HostFingerprint() {}

  /** Of the host's kernel, its processor's flags and the library's source. */
  static Digest now() {
    try (Stream<String> processors = Files.lines(PROCESSORS)) {
      String flags = processors.filter(line -> line.startsWith("flags")).findFirst().orElse("");
      return Digest.ofText(Files.readString(RELEASE) + flags + "\n" + XsaveLibrary.version());
    } catch (IOException e) {
      throw Problem.of("host-unreadable", "reading what processor and kernel this host has failed")
          .detail(e.toString())
          .asException(e);
    }
  }
}
