package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
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

/**
 * What a kernel begins with where its guest has IPv6: {@code initramfs.c} as its first process, and
 * the modules that IPv6 is made of, as far as the kernel has it in modules
 * (Documentation/filesystems/ramfs-rootfs-initramfs.rst). Nothing in it decides anything for the
 * host, and a guest that runs does not need the file any more. Safe for use by many threads.
 */
final class Initramfs {
  private static final CompiledSource INIT =
      new CompiledSource(
          "initramfs",
          List.of("-static"),
          "a guest with IPv6 begins with a small program that loads its kernel's module");

  /** By this agent, which neither changes nor sees a kernel of the store change. */
  private static final Set<Path> LOOKED_AT = new HashSet<>();

  private final Layout layout;

  Initramfs(Layout layout) {
    this.layout = layout;
  }

  /**
   * The file for a kernel of the store, made now unless it is there as it should be.
   *
   * @throws dev.fjord.problem.ProblemException when it cannot be compiled, read or written
   */
  Path made(ResourceName kernel, Digest digest) {
    Path place = layout.initramfs(kernel, digest);
    try {
      synchronized (LOOKED_AT) {
        if (!LOOKED_AT.contains(place) || !Files.exists(place)) {
          make(place, archive(new KernelModules(layout, kernel, digest).ipv6()));
          LOOKED_AT.add(place);
        }
      }
      return place;
    } catch (IOException e) {
      throw Problem.of("initramfs-failed", "making " + place + " failed")
          .detail(e.toString())
          .hint("No instance with IPv6 starts on kernel " + kernel + " until it can be made.")
          .asException(e);
    }
  }

  private static void make(Path place, byte[] wanted) throws IOException {
    if (!Files.exists(place) || !Arrays.equals(Files.readAllBytes(place), wanted)) {
      DurableFile.write(place, wanted);
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r--r--r--"));
    }
  }

  private byte[] archive(List<Path> modules) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CpioArchiveOutputStream out = new CpioArchiveOutputStream(bytes)) {
      put(out, "init", CpioConstants.C_ISREG | 0755, Files.readAllBytes(INIT.compiled(layout)));
      put(out, "modules", CpioConstants.C_ISDIR | 0755, new byte[0]);
      for (int i = 0; i < modules.size(); i++) {
        Path module = modules.get(i);
        String name = String.format(Locale.ROOT, "modules/%02d-%s", i, module.getFileName());
        put(out, name, CpioConstants.C_ISREG | 0644, Files.readAllBytes(module));
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
