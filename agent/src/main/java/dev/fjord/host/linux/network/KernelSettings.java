package dev.fjord.host.linux.network;

import dev.fjord.plan.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Values below {@code /proc/sys/net}, of those interfaces that fjord passes packets by. */
final class KernelSettings {
  private static final String SYS = "/proc/sys/";

  /** Absent where the host's kernel was started without IPv6. */
  private static final Path IPV6 = Path.of(SYS + "net/ipv6");

  private final IpCommand ip;

  KernelSettings(IpCommand ip) {
    this.ip = ip;
  }

  /** What all of these say, by the interface; those that a kernel has not are left out. */
  Map<String, Map<String, String>> read(Collection<Link> links) {
    List<String> files = new ArrayList<>();
    files.add(Step.Setting.FORWARDING6);
    links.forEach(link -> files.addAll(files(link)));
    Map<String, String> all = values(ip.show(files.stream().map(file -> SYS + file).toList()));
    Map<String, Map<String, String>> byLink = new TreeMap<>();
    for (Link link : links) {
      byLink.put(
          link.name(),
          Stream.concat(Stream.of(Step.Setting.FORWARDING6), files(link).stream())
              .filter(all::containsKey)
              .collect(Collectors.toMap(file -> file, all::get)));
    }
    return byLink;
  }

  private static List<String> files(Link link) {
    String four = "net/ipv4/conf/" + link.name() + "/";
    String six = "net/ipv6/conf/" + link.name() + "/";
    if (!link.isSwitch()) {
      return List.of(four + "forwarding", six + "accept_ra", six + "disable_ipv6");
    }
    return List.of(
        four + "forwarding",
        four + "send_redirects",
        four + "proxy_arp_pvlan",
        six + "disable_ipv6",
        six + "accept_ra",
        six + "autoconf",
        six + "accept_redirects",
        six + "accept_dad",
        six + "proxy_ndp");
  }

  /**
   * Has a bridge do with packets what an interface does, whatever it did before. But for accept_ra
   * and disable_ipv6, which are planned.
   */
  void copy(String from, String to) {
    List<String> keys =
        List.of(
            "net/ipv4/conf/%s/forwarding",
            "net/ipv4/conf/%s/send_redirects",
            "net/ipv4/conf/%s/proxy_arp_pvlan",
            "net/ipv6/conf/%s/autoconf",
            "net/ipv6/conf/%s/accept_redirects",
            "net/ipv6/conf/%s/accept_dad",
            "net/ipv6/conf/%s/proxy_ndp");
    Map<String, String> said =
        values(ip.show(keys.stream().map(key -> SYS + key.formatted(from)).toList()));
    for (String key : keys) {
      String value = said.get(key.formatted(from));
      if (value != null) {
        ip.sysctl(key.formatted(to), value);
      }
    }
  }

  private static Map<String, String> values(String lines) {
    Map<String, String> values = new TreeMap<>();
    for (String line : lines.split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > SYS.length() && line.startsWith(SYS)) {
        values.put(line.substring(SYS.length(), colon), line.substring(colon + 1).strip());
      }
    }
    return values;
  }

  /** Writes them in their order, but those of a version of IP that the host has not. */
  void write(List<Step.Setting> settings) {
    boolean six = Files.isDirectory(IPV6);
    for (Step.Setting setting : settings) {
      if (six || !setting.path().startsWith("net/ipv6/")) {
        ip.sysctl(setting.path(), setting.value());
      }
    }
  }
}
