package dev.fjord.host.linux.uml;

import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The modules of a kernel in the store: those that came in its package, or, where its source is a
 * bare binary, those that the same package has installed on the host for its version. A kernel
 * takes no module of another version (vermagic).
 */
record KernelModules(Layout layout, ResourceName kernel, Digest digest) {
  /** Where Debian's user-mode-linux has them. */
  private static final Path INSTALLED = Path.of("/usr/lib/uml/modules");

  private static final int DEPTH = 8;
  private static final int LONGEST = 64 << 20;
  private static final Pattern BANNER = Pattern.compile("Linux version ([-.+~_a-zA-Z0-9]{1,64}) ");
  private static final Pattern DEPENDS = Pattern.compile("\0depends=([-_,a-zA-Z0-9]{0,500})\0");

  /** What has to be loaded for IPv6, in this order; empty where the kernel has it built in. */
  List<Path> ipv6() throws IOException {
    Path folder = folder();
    List<Path> order = new ArrayList<>();
    if (folder != null) {
      try (Stream<Path> files = Files.walk(folder, DEPTH)) {
        List<Path> all =
            files
                .filter(file -> file.getFileName().toString().endsWith(".ko"))
                .filter(Files::isRegularFile)
                .sorted(Comparator.comparing(Path::toString))
                .toList();
        add("ipv6", all, order);
      }
    }
    return order;
  }

  /** After what it depends on. */
  private static void add(String name, List<Path> all, List<Path> order) throws IOException {
    Path module = all.stream().filter(file -> nameOf(file).equals(name)).findFirst().orElse(null);
    if (module == null || order.contains(module) || Files.size(module) > LONGEST) {
      return;
    }
    Matcher depends = DEPENDS.matcher(text(module));
    if (depends.find()) {
      for (String needed : depends.group(1).split(",", -1)) {
        add(needed.replace('-', '_'), all, order);
      }
    }
    order.add(module);
  }

  /** A module's name has '_' wherever its file has '-'. */
  private static String nameOf(Path file) {
    return file.getFileName().toString().replaceFirst("\\.ko$", "").replace('-', '_');
  }

  private @Nullable Path folder() throws IOException {
    Path stored = layout.kernelModules(kernel, digest);
    if (Files.isDirectory(stored)) {
      return stored;
    }
    Path binary = layout.kernel(kernel, digest);
    if (Files.isDirectory(INSTALLED) && Files.size(binary) <= LONGEST) {
      Matcher banner = BANNER.matcher(text(binary));
      if (banner.find() && Files.isDirectory(INSTALLED.resolve(banner.group(1)))) {
        return INSTALLED.resolve(banner.group(1));
      }
    }
    return null;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
