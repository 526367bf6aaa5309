package dev.fjord.host.linux.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The programs that fjord runs, and the Debian packages that hold them. */
final class Programs {
  private static final List<String> FOLDERS =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private static final Map<String, String> PACKAGES = packages();

  private final List<String> folders;

  Programs() {
    this(FOLDERS);
  }

  Programs(List<String> folders) {
    this.folders = folders;
  }

  private static Map<String, String> packages() {
    Map<String, String> packages = new LinkedHashMap<>();
    packages.put("screen", "screen");
    packages.put("bwrap", "bubblewrap");
    packages.put("ip", "iproute2");
    packages.put("nft", "nftables");
    packages.put("mkfs.ext4", "e2fsprogs");
    packages.put("chattr", "e2fsprogs");
    packages.put("lsattr", "e2fsprogs");
    for (String program : List.of("env", "nice", "sha256sum")) {
      packages.put(program, "coreutils");
    }
    packages.put("ionice", "util-linux");
    for (String program : List.of("setpriv", "prlimit", "choom", "setarch", "unshare")) {
      packages.put(program, "util-linux");
    }
    return packages;
  }

  /** One finding for what is there, one for what is missing, with one command that brings it. */
  List<Finding> examine() {
    List<String> there = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    PACKAGES.keySet().forEach(program -> (isThere(program) ? there : missing).add(program));
    List<Finding> findings = new ArrayList<>();
    if (!missing.isEmpty()) {
      TreeSet<String> packages = new TreeSet<>();
      missing.forEach(program -> packages.add(PACKAGES.get(program)));
      findings.add(
          Finding.fault(
              "programs",
              "missing: " + String.join(", ", missing),
              "apt-get install " + String.join(" ", packages)));
    }
    if (!there.isEmpty()) {
      findings.add(Finding.ok("programs", String.join(", ", there)));
    }
    return findings;
  }

  private boolean isThere(String program) {
    return folders.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
