package dev.fjord.planner.network;

import dev.fjord.model.Capture;
import dev.fjord.model.Daemon;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Lease;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ReservedNames;
import dev.fjord.model.ResourceName;
import dev.fjord.model.ServedMark;
import dev.fjord.model.Switch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the programs that run for switches. Each holds a path below the run directory,
 * by which fjord recognizes the process later.
 */
final class DaemonLine {
  /** The user nobody of Debian's base-passwd, which is also dnsmasq(8)'s default. */
  private static final int NOBODY = 65534;

  /** The unit in which tcpdump(8) counts a file's size. */
  private static final long MILLION = 1_000_000;

  private DaemonLine() {}

  static Daemon ofSwitch(Switch network, Layout layout, int uid) {
    String socket = layout.switchSocket(network.name()).toString();
    return new Daemon(
        ObservedDaemon.Kind.SWITCH,
        network.name(),
        uid,
        List.of("-unix", socket, "-tap", network.daemonTap().value()),
        network.bridge(),
        network.daemonTap());
  }

  /**
   * The tcpdump(8) that reads on the host's end of the port: what the instance sends before a
   * filter has looked at it, and what reaches the instance after the filters. It resolves no names
   * and does not make the interface promiscuous (-p). It writes a ring of files that begins anew at
   * each start. Null where the instance asks for none.
   *
   * @param uid the user that it runs as: not nobody, since other programs of the host run as that
   *     user and could read the files; and not the instance's own, whose kernel could pass for this
   *     program
   */
  static @Nullable Daemon ofCapture(
      InstanceRecord record, Layout layout, Map<ResourceName, Switch> switches, int uid) {
    Capture capture = record.applied().capture();
    Lease lease = captured(record);
    Switch network = lease == null ? null : switches.get(lease.network());
    if (capture == null || lease == null || network == null || network.hasDaemon()) {
      return null;
    }
    Path file = layout.captures(record.name()).resolve(lease.network() + ".pcap");
    List<String> words = new ArrayList<>();
    words.addAll(List.of("-i", lease.tap().value(), "-p", "-n", "-U"));
    words.addAll(List.of("-w", file.toString()));
    words.addAll(List.of("-C", Long.toString(Math.max(1, capture.size().bytes() / MILLION))));
    words.addAll(List.of("-W", Integer.toString(capture.ring())));
    return new Daemon(
        ObservedDaemon.Kind.CAPTURE, record.name(), uid, words, network.bridge(), null);
  }

  /** Whether an instance asks for a capture that is possible. */
  static boolean isCaptured(InstanceRecord record, Map<ResourceName, Switch> switches) {
    Lease lease = captured(record);
    Switch network = lease == null ? null : switches.get(lease.network());
    return network != null && !network.hasDaemon();
  }

  private static @Nullable Lease captured(InstanceRecord record) {
    Capture capture = record.applied().capture();
    return capture == null
        ? null
        : record.leases().stream()
            .filter(one -> capture.network() == null || one.network().equals(capture.network()))
            .findFirst()
            .orElse(null);
  }

  /**
   * The dnsmasq(8) that serves names. It reads none of the host's own settings, leases no address,
   * and answers only questions that come by way of the bridge or from the host itself. It follows a
   * bridge that comes and goes ({@code bind-dynamic}).
   */
  static Daemon ofNames(Switch network, Layout layout, Collection<Switch> all) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("--keep-in-foreground", "--pid-file=", "--user="));
    words.add("--conf-file=" + layout.namesSettings(network.name()));
    words.addAll(List.of("--log-facility=-", "--no-hosts"));
    words.add("--addn-hosts=" + layout.namesFile());
    words.addAll(List.of("--bind-dynamic", "--except-interface=lo"));
    words.add("--interface=" + network.bridge());
    words.addAll(List.of("--domain-needed", "--bogus-priv", "--cache-size=1000"));
    // Where a domain has public records, too, other servers are asked for names that are not here.
    Stream.concat(Stream.of(ServedMark.TOP), all.stream().map(each -> each.naming().domain()))
        .filter(ReservedNames::isPrivate)
        .distinct()
        .sorted()
        .forEach(domain -> words.add("--local=/" + domain + "/"));
    if (network.naming().servers().isEmpty()) {
      words.add("--resolv-file=" + layout.resolvers());
    } else {
      words.add("--no-resolv");
      network.naming().servers().forEach(server -> words.add("--server=" + server));
    }
    return new Daemon(
        ObservedDaemon.Kind.NAMES, network.name(), NOBODY, words, network.bridge(), null);
  }
}
