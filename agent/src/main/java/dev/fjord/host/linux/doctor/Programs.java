package dev.fjord.host.linux.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The programs that fjord runs, and the Debian packages that hold them. */
final class Programs {
  private static final List<String> FOLDERS =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private static final Map<String, String> PACKAGES = packages();
  private static final Map<String, String> BUILDS =
      new TreeMap<>(
          Map.of(
              "mmdebstrap", "mmdebstrap",
              // mmdebstrap asks it which keyring a suite is signed with.
              "gpg", "gpg",
              "newuidmap", "uidmap",
              "dpkg-deb", "dpkg",
              "tar", "tar"));

  private static final Map<String, String> SWITCHES =
      new TreeMap<>(Map.of("dnsmasq", "dnsmasq-base", "uml_switch", "uml-utilities"));

  private static final String CAPTURES = "tcpdump";

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
    for (String program : List.of("ip", "bridge", "tc")) {
      packages.put(program, "iproute2");
    }
    packages.put("nft", "nftables");
    packages.put("conntrack", "conntrack");
    packages.put("xargs", "findutils");
    packages.put("perl", "perl-base");
    packages.put("mkfs.ext4", "e2fsprogs");
    packages.put("chattr", "e2fsprogs");
    packages.put("lsattr", "e2fsprogs");
    for (String program : List.of("env", "nice", "sha256sum")) {
      packages.put(program, "coreutils");
    }
    packages.put("ionice", "util-linux");
    for (String program :
        List.of(
            "setpriv", "prlimit", "choom", "setarch", "unshare", "nsenter", "flock", "runuser")) {
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

  /** The programs that only hosts that build images or unpack kernels need. */
  Finding builds() {
    List<String> missing = BUILDS.keySet().stream().filter(program -> !isThere(program)).toList();
    if (missing.isEmpty()) {
      return Finding.ok("builds", String.join(", ", BUILDS.keySet()));
    }
    TreeSet<String> packages = new TreeSet<>();
    missing.forEach(program -> packages.add(BUILDS.get(program)));
    return new Finding(
        "builds",
        Finding.Status.OK,
        "not here, since missing: " + String.join(", ", missing),
        "Only an Image with 'debootstrap' or 'format: tar', or a Kernel from a package, needs it:"
            + " apt-get install "
            + String.join(" ", packages));
  }

  /** The programs that only some switches need. */
  Finding switches() {
    List<String> missing = SWITCHES.keySet().stream().filter(name -> !isThere(name)).toList();
    if (missing.isEmpty()) {
      return Finding.ok("switches", String.join(", ", SWITCHES.keySet()));
    }
    TreeSet<String> packages = new TreeSet<>();
    missing.forEach(program -> packages.add(SWITCHES.get(program)));
    return new Finding(
        "switches",
        Finding.Status.OK,
        "not here: " + String.join(", ", missing),
        "Only a Switch with 'dns: true' needs dnsmasq, and one with 'driver: uml_switch' that:"
            + " apt-get install "
            + String.join(" ", packages));
  }

  /** The programs that only instances with a capture need. */
  Finding captures() {
    return isThere(CAPTURES)
        ? Finding.ok("captures", CAPTURES)
        : new Finding(
            "captures",
            Finding.Status.OK,
            "not here: " + CAPTURES,
            "Only an Instance with a 'capture' needs it: apt-get install " + CAPTURES);
  }

  private boolean isThere(String program) {
    return folders.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
