package dev.fjord.host.linux.network;

import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.TakenPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports of the host that its own programs have, by the tables of proc(5). Without those of
 * 127.0.0.0/8 and {@code ::1}, which no {@link PortForward} touches, and without sockets of UDP
 * that have a passing port, as those of a program that sends a query.
 */
record ListeningPorts(NamespaceFiles files) {
  private static final Pattern SOCKET =
      Pattern.compile("(?m)^\\s*\\d+: ([0-9A-F]{8,32}):([0-9A-F]{4}) \\S+ ([0-9A-F]{2}) ");

  private static final String LISTENS = "0A";
  private static final String UNCONNECTED = "07";
  private static final String LOOPBACK6 = "00000000000000000000000001000000";
  private static final int USUAL_FIRST = 32_768;

  List<TakenPort> all() {
    int passing = firstPassing();
    Set<Integer> tcp = new TreeSet<>();
    Set<Integer> udp = new TreeSet<>();
    for (String version : List.of("", "6")) {
      add(tcp, files.read("/proc/net/tcp" + version), LISTENS, 1 << 16);
      add(udp, files.read("/proc/net/udp" + version), UNCONNECTED, passing);
    }
    List<TakenPort> taken = new ArrayList<>();
    tcp.forEach(port -> taken.add(new TakenPort(Protocol.TCP, port)));
    udp.forEach(port -> taken.add(new TakenPort(Protocol.UDP, port)));
    return taken;
  }

  private static void add(Set<Integer> ports, String table, String state, int below) {
    Matcher socket = SOCKET.matcher(table);
    while (socket.find()) {
      String address = socket.group(1);
      boolean isPrivate =
          address.length() == 8 ? address.endsWith("7F") : address.equals(LOOPBACK6);
      int port = Integer.parseInt(socket.group(2), 16);
      if (socket.group(3).equals(state) && !isPrivate && port > 0 && port < below) {
        ports.add(port);
      }
    }
  }

  private int firstPassing() {
    String[] range = files.read("/proc/sys/net/ipv4/ip_local_port_range").strip().split("\\s+", -1);
    return range[0].matches("[0-9]{1,5}") ? Integer.parseInt(range[0]) : USUAL_FIRST;
  }
}
