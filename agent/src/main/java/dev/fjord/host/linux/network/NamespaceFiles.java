package dev.fjord.host.linux.network;

import dev.fjord.file.KernelText;
import dev.fjord.process.Command;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files below {@code /proc} that differ by network namespace.
 *
 * @param prefix as of {@link IpCommand}
 */
record NamespaceFiles(List<String> prefix) {
  /** Listening sockets come first in the files of sockets, whatever there is besides. */
  private static final int LIMIT = 1 << 20;

  NamespaceFiles {
    prefix = List.copyOf(prefix);
  }

  /** Its text; nothing where there is no such file. */
  String read(String path) {
    if (prefix.isEmpty()) {
      try {
        return KernelText.read(path, LIMIT);
      } catch (IOException absent) {
        return "";
      }
    }
    return Command.of(Stream.concat(prefix.stream(), Stream.of("cat", path)).toList()).run().text();
  }

  /** The interface of the default route of IPv4; empty where there is none. */
  String defaultRoute() {
    return read("/proc/net/route")
        .lines()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(fields -> fields.length > 7)
        .filter(fields -> fields[1].equals("00000000") && fields[7].equals("00000000"))
        .map(fields -> fields[0])
        .findFirst()
        .orElse("");
  }

  /** Whether frames between ports of a bridge are shown to the rules for packets. */
  boolean bridgeIsShown() {
    return read("/proc/sys/net/bridge/bridge-nf-call-iptables").strip().equals("1");
  }

  /** Whether there are rules of iptables-legacy(8), which nft(8) does not list. */
  boolean hasLegacyRules() {
    return !read("/proc/net/ip_tables_names").isBlank();
  }
}
