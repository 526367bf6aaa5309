package dev.fjord.host.linux.uml;

import dev.fjord.file.FileMemory;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The modules of a kernel in the store: those that came in its package, or, where its source is a
 * bare binary, those that the same package has installed on the host for its version. A kernel
 * takes no module of another version (vermagic).
 */
public record KernelModules(Layout layout, ResourceName kernel, Digest digest) {
  /** Where Debian's user-mode-linux has them. */
  private static final Path INSTALLED = Path.of("/usr/lib/uml/modules");

  private static final int DEPTH = 8;
  private static final int LONGEST = 64 << 20;
  private static final Pattern BANNER = Pattern.compile("Linux version ([-.+~_a-zA-Z0-9]{1,64}) ");
  private static final Pattern DEPENDS = Pattern.compile("\0depends=([-_,a-zA-Z0-9]{0,500})\0");

  /** What depmod(8) found, a line for each module: its file, a colon, what it depends on. */
  private static final String INDEX = "modules.dep";

  /** The version of a binary does not change. */
  private static final Map<Path, Optional<String>> VERSIONS = new ConcurrentHashMap<>();

  private static final FileMemory<Set<String>> NAMES = new FileMemory<>();

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

  /**
   * The names of all its modules, with {@code _} for each {@code -}; empty where it has none, or
   * none that depmod(8) has looked through. A call that finds nothing new costs two system calls.
   */
  public Set<String> names() throws IOException {
    Path folder = versioned();
    Path index = folder == null ? null : folder.resolve(INDEX);
    if (index == null || !Files.isRegularFile(index) || Files.size(index) > LONGEST) {
      return Set.of();
    }
    return NAMES.of(index, KernelModules::read);
  }

  private static Set<String> read(Path index) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String line : text(index).split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).endsWith(".ko")) {
        names.add(nameOf(Path.of(line.substring(0, colon))));
      }
    }
    return Set.copyOf(names);
  }

  /** The folder that a guest of this kernel has to see as {@code /lib/modules/VERSION}. */
  @Nullable Path versioned() throws IOException {
    Path folder = folder();
    if (folder == null || Files.exists(folder.resolve(INDEX))) {
      return folder;
    }
    try (Stream<Path> versions = Files.list(folder)) {
      List<Path> all = versions.filter(Files::isDirectory).limit(2).toList();
      return all.size() == 1 ? all.get(0) : null;
    }
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
    String version = Files.isDirectory(INSTALLED) ? version() : null;
    return version != null && Files.isDirectory(INSTALLED.resolve(version))
        ? INSTALLED.resolve(version)
        : null;
  }

  private @Nullable String version() throws IOException {
    Path binary = layout.kernel(kernel, digest);
    Optional<String> known = VERSIONS.get(binary);
    if (known == null) {
      if (!Files.exists(binary)) {
        return null;
      }
      Matcher banner = BANNER.matcher(Files.size(binary) <= LONGEST ? text(binary) : "");
      known = banner.find() ? Optional.of(banner.group(1)) : Optional.empty();
      VERSIONS.put(binary, known);
    }
    return known.orElse(null);
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
