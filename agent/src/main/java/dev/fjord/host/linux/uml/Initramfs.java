package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.model.KernelCommandLine;
import dev.fjord.model.Layout;
import dev.fjord.plan.Step.Launch;
import dev.fjord.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;
import org.jspecify.annotations.Nullable;

/**
 * The initramfs of a kernel whose guest has settings that the kernel itself cannot pass on: {@code
 * initramfs.c} is its first process, which reads the words for it on the kernel's command line. For
 * IPv6 it holds the kernel's modules, where the kernel has IPv6 in modules
 * (Documentation/filesystems/ramfs-rootfs-initramfs.rst); for a time zone it holds the host's file
 * with its rules, for images that have none. Nothing in it decides anything for the host, and a
 * guest that runs does not need the file any more. Safe for use by many threads.
 */
final class Initramfs {
  private static final CompiledSource INIT =
      new CompiledSource(
          "initramfs",
          List.of("-static"),
          "a guest with IPv6, 'timeZone' or 'modules' begins with a small program");

  /** Where Debian's tzdata has them (tzfile(5)). */
  private static final Path ZONES = Path.of("/usr/share/zoneinfo");

  /** As {@code initramfs.c} has it; the largest ones of tzdata have 4 KiB. */
  private static final int LONGEST_RULES = 64 << 10;

  /** The files that this agent has made: the stored kernels that they depend on do not change. */
  private static final Set<Path> LOOKED_AT = new HashSet<>();

  private final Layout layout;

  Initramfs(Layout layout) {
    this.layout = layout;
  }

  /**
   * The file that a start names, made now unless it is there as it should be; null where the start
   * names none.
   *
   * @throws dev.fjord.problem.ProblemException when it cannot be compiled, read or written
   */
  @Nullable Path made(Launch launch) {
    List<String> words = launch.boot().arguments();
    boolean ipv6 = words.stream().anyMatch(word -> word.startsWith("ip=["));
    String zone =
        words.stream()
            .filter(word -> word.startsWith(KernelCommandLine.TIME_ZONE + "="))
            .map(word -> word.substring(word.indexOf('=') + 1))
            .findFirst()
            .orElse(null);
    Path place = layout.initramfs(launch.kernel(), launch.kernelDigest(), ipv6, zone);
    if (!words.contains("initrd=" + place)) {
      return null;
    }
    try {
      synchronized (LOOKED_AT) {
        if (!LOOKED_AT.contains(place) || !Files.exists(place)) {
          KernelModules modules = new KernelModules(layout, launch.kernel(), launch.kernelDigest());
          make(place, archive(ipv6 ? modules.ipv6() : List.of(), zone));
          LOOKED_AT.add(place);
        }
      }
      return place;
    } catch (IOException e) {
      throw Problem.of("initramfs-failed", "making " + place + " failed")
          .detail(e.toString())
          .hint("Instance " + launch.name() + " does not start until it can be made.")
          .asException(e);
    }
  }

  private static void make(Path place, byte[] wanted) throws IOException {
    if (!Files.exists(place) || !Arrays.equals(Files.readAllBytes(place), wanted)) {
      DurableFile.write(place, wanted);
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r--r--r--"));
    }
  }

  private byte[] archive(List<Path> modules, @Nullable String zone) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CpioArchiveOutputStream out = new CpioArchiveOutputStream(bytes)) {
      put(out, "init", CpioConstants.C_ISREG | 0755, Files.readAllBytes(INIT.compiled(layout)));
      put(out, "modules", CpioConstants.C_ISDIR | 0755, new byte[0]);
      for (int i = 0; i < modules.size(); i++) {
        Path module = modules.get(i);
        String name = String.format(Locale.ROOT, "modules/%02d-%s", i, module.getFileName());
        put(out, name, CpioConstants.C_ISREG | 0644, Files.readAllBytes(module));
      }
      Path rules = zone == null ? null : ZONES.resolve(zone);
      if (rules != null && Files.isRegularFile(rules) && Files.size(rules) <= LONGEST_RULES) {
        put(out, "localtime", CpioConstants.C_ISREG | 0644, Files.readAllBytes(rules));
      }
    }
    return bytes.toByteArray();
  }

  /** Without a time, so that the same parts make the same file. */
  private static void put(CpioArchiveOutputStream out, String name, int mode, byte[] content)
      throws IOException {
    CpioArchiveEntry entry = new CpioArchiveEntry(name);
    entry.setMode(mode);
    entry.setTime(0);
    entry.setSize(content.length);
    out.putArchiveEntry(entry);
    out.write(content);
    out.closeArchiveEntry();
  }
}
