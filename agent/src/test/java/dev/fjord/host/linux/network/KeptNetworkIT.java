package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.ObservedFilters;
import dev.fjord.model.Surroundings;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever somebody changes in a real namespace, the very next look sees it. */
class KeptNetworkIT {
  private static final Traffic HOST_UPLINK = Lab.traffic(Uplink.Mode.NONE);

  @TempDir Path folder;
  private Lab lab;
  private Path calls;
  private Links links;
  private FilterTables filters;
  private HostSurroundings surroundings;
  private Monitors monitors;
  private KeptNetwork kept;

  /** What a look sees. */
  private record Sight(
      List<?> bridges, List<?> ports, ObservedFilters filters, Surroundings surroundings) {}

  @BeforeEach
  void a_switch_with_two_guests_that_was_looked_at() throws Exception {
    lab = new Lab(folder);
    var network = Lab.network(1, HOST_UPLINK, false);
    lab.with(network);
    lab.guest("linda", network, 5, null);
    lab.guest("bob", network, 6, null);
    lab.filter();
    in("ip -6 route delete default"); // So that there is one way out.
    in("ip link set dev tap-linda alias fjord:port/linda/192.0.2.37");
    in("ip link set dev tap-bob alias fjord:port/bob/192.0.2.38");
    in("bridge fdb replace 02:00:00:00:00:05 dev tap-linda master static sticky");
    in("tc qdisc add dev tap-bob root tbf rate 8mbit burst 16k latency 50ms");
    calls = folder.resolve("calls");
    var counted = counted();
    links = new Links(counted, null);
    var layout = new dev.fjord.model.Layout(folder.resolve("s"), folder.resolve("r"));
    filters = new FilterTables(layout, counted, InstantSource.system());
    surroundings = new HostSurroundings(counted, folder);
    monitors = new Monitors(lab.wires.inside("host"));
    kept = new KeptNetwork(links, filters, surroundings, monitors);
    isKept();
  }

  @AfterEach
  void remove_it() {
    if (monitors != null) {
      monitors.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  /** The words before each program of a look, which also note that it was called. */
  private List<String> counted() throws Exception {
    var script = folder.resolve("counted");
    Files.writeString(script, "#!/bin/sh\necho \"$*\" >>%s\nexec \"$@\"\n".formatted(calls));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    var prefix = new ArrayList<>(List.of(script.toString()));
    prefix.addAll(lab.wires.inside("host"));
    return prefix;
  }

  private Sight sight(NetworkLook look) {
    var seen = look.links();
    return new Sight(
        seen.bridges(), seen.ports(), look.filters(), look.surroundings(seen.bridges()));
  }

  private Sight glance() {
    return sight(kept.look(false));
  }

  private Sight anew() {
    return sight(NetworkLook.anew(links, filters, surroundings));
  }

  /** Files are read each time, by cat(1) and grep(1) where they are another namespace's. */
  private List<String> asked(Supplier<Sight> look) {
    try {
      Files.deleteIfExists(calls);
      assertThat(look.get()).isNotNull();
      return Files.exists(calls)
          ? Files.readAllLines(calls).stream()
              .filter(line -> !line.matches(".* (cat|grep) .*"))
              .toList()
          : List.of();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until looks ask no program: what the test's own preparations are told of has come in. */
  private void isKept() {
    Awaitility.await("a look that asks nothing")
        .pollDelay(java.time.Duration.ZERO)
        .atMost(java.time.Duration.ofMinutes(5))
        .until(() -> asked(this::glance).isEmpty());
  }

  private void in(String line) {
    lab.wires.output("host", line.split(" ", -1));
  }

  @Test
  void whatever_is_changed_is_seen_by_the_next_look() {
    Map<String, String> changes =
        new TreeMap<>(
            Map.of(
                "a forwarding entry is removed",
                    "bridge fdb delete 02:00:00:00:00:05 dev tap-linda master",
                "a forwarding entry is there again",
                    "bridge fdb replace 02:00:00:00:00:05 dev tap-linda master static sticky",
                "a forwarding entry moves",
                    "bridge fdb replace 02:00:00:00:00:05 dev tap-bob master static sticky",
                "an address is removed", "ip address delete 192.0.2.33/27 dev fj-lan1",
                "an address is added", "ip address add 192.0.2.34/27 dev fj-lan1",
                "a port leaves its bridge", "ip link set dev tap-bob nomaster"));
    changes.putAll(
        Map.of(
            "another mtu", "ip link set dev fj-lan1 mtu 1300",
            "a mark is taken off", "ip link set dev tap-bob alias somebody",
            "a setting of the kernel", "sysctl -q -w net.ipv4.conf.fj-lan1.send_redirects=1",
            "a limit is taken off", "tc qdisc delete dev tap-bob root",
            "another limit",
                "tc qdisc replace dev tap-linda root tbf rate 9mbit burst 16k latency 50ms",
            "no way out", "ip route delete default",
            "a chain among the filters", "nft add chain bridge fjord theirs",
            "somebody's own rules",
                "nft add table inet other { chain f { type filter hook forward priority 0; policy"
                    + " drop; }; }"));
    var order =
        Stream.concat(
                changes.entrySet().stream(),
                Stream.of(
                    Map.entry("a port is deleted", "ip link delete dev tap-linda"),
                    Map.entry("the filters are flushed", "nft flush ruleset"),
                    Map.entry("a bridge goes down", "ip link set dev fj-lan1 down"),
                    // The kernel tells nobody of it.
                    Map.entry("one that is down loses its mark", "ip link set dev fj-lan1 alias x"),
                    Map.entry("a bridge is deleted", "ip link delete dev fj-lan1")))
            .collect(Collectors.toList());
    for (var change : order) {
      if (!change.getKey().equals("one that is down loses its mark")) {
        isKept();
      }
      var before = glance();
      var done = Command.of(words(change.getValue())).run();
      var seen = glance();
      assertThat(done.exit()).as("%s: %s", change, done).isZero();
      assertThat(seen).as(change.getKey()).isEqualTo(anew());
      assertThat(seen).as(change.getKey()).isNotEqualTo(before);
    }
  }

  private List<String> words(String line) {
    return Stream.concat(lab.wires.inside("host").stream(), Stream.of(line.split(" ", -1)))
        .toList();
  }

  /** Something real may come in at the same time, as of an address that became whole. */
  @Test
  void what_is_heard_on_a_network_all_the_time_costs_no_look() {
    Awaitility.await("a look that asks nothing though there is talk")
        .pollDelay(java.time.Duration.ZERO)
        .atMost(java.time.Duration.ofMinutes(5))
        .until(() -> {
          isKept();
          in("ip neighbour replace 192.0.2.40 lladdr 02:00:00:00:00:40 nud stale dev fj-lan1");
          in("ip neighbour delete 192.0.2.40 dev fj-lan1");
          in("bridge fdb replace 02:00:00:00:00:77 dev tap-bob master dynamic");
          in("bridge fdb delete 02:00:00:00:00:77 dev tap-bob master");
          return asked(this::glance).isEmpty();
        });
  }

  @Test
  void looks_ask_again_while_nobody_tells_of_changes() {
    for (var pid : monitors.pids()) {
      Command.of("kill", "-KILL", Long.toString(pid)).output();
    }
    Awaitility.await("their end")
        .atMost(java.time.Duration.ofMinutes(1))
        .until(() -> monitors.pids().isEmpty());
    in("ip link set dev fj-lan1 mtu 1300");
    assertThat(asked(this::glance)).isNotEmpty();
    in("ip link set dev fj-lan1 mtu 1280");
    assertThat(glance()).isEqualTo(anew());
  }

  @Test
  void one_who_tells_late_is_not_taken_for_one_who_has_nothing_to_tell() {
    var pids = monitors.pids();
    assertThat(pids).hasSize(3);
    for (var pid : pids) {
      Command.of("kill", "-STOP", Long.toString(pid)).output();
    }
    try {
      in("ip link set dev fj-lan1 mtu 1300");
      in("nft flush ruleset");
      in("tc qdisc delete dev tap-bob root");
      assertThat(glance()).isEqualTo(anew());
    } finally {
      for (var pid : pids) {
        Command.of("kill", "-CONT", Long.toString(pid)).output();
      }
    }
    isKept();
    assertThat(glance()).isEqualTo(anew());
  }

  @Test
  void more_than_can_be_told_at_once_is_no_reason_to_miss_the_last_of_it() {
    var lines = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      lines.append(
          "address add 198.18.0.1/32 dev fj-lan1\naddress delete 198.18.0.1/32 dev fj-lan1\n");
    }
    var prefix = new ArrayList<>(lab.wires.inside("host"));
    prefix.addAll(List.of("ip", "-batch", "-"));
    Command.of(prefix).input(lines.toString()).output();
    in("ip address add 192.0.2.34/27 dev fj-lan1");
    assertThat(glance()).isEqualTo(anew());
    isKept();
    in("ip address delete 192.0.2.34/27 dev fj-lan1");
    assertThat(glance()).isEqualTo(anew());
  }

  @Test
  void a_look_that_breaks_leaves_nothing_of_what_was_seen_before() {
    in("ip link set dev fj-lan1 mtu 1300");
    assertThat(kept.look(false)).isNotNull(); // As one that ends before it comes to the network.
    assertThat(glance()).isEqualTo(anew());
  }

  @Test
  void those_who_tell_end_with_it() {
    var pids = monitors.pids();
    assertThat(pids).hasSize(3);
    monitors.close();
    Awaitility.await("their end")
        .atMost(java.time.Duration.ofMinutes(1))
        .until(() -> pids.stream().noneMatch(pid -> Files.exists(Path.of("/proc/" + pid))));
  }
}
