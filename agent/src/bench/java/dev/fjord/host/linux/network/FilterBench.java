package dev.fjord.host.linux.network;

import dev.fjord.model.Cidr;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Layout;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ObservedFilters;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.UidRange;
import dev.fjord.plan.Step;
import dev.fjord.planner.network.SwitchSettings;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How long ports and filters of 200 instances take to make and to look at, and beside it the same
 * with a call of ip(8) or nft(8) for each instance. Not a test: figures depend on the machine. As
 * root, with the classes of main, and javac and java of JDK 21 or newer:
 *
 * <pre>mvn -q compile dependency:build-classpath -Dmdep.outputFile=target/cp -pl agent
 * CP=agent/target/classes:$(cat agent/target/cp)
 * javac -proc:none -d agent/target/bench -cp $CP \
 *   agent/src/bench/java/dev/fjord/host/linux/network/FilterBench.java
 * java -cp agent/target/bench:$CP dev.fjord.host.linux.network.FilterBench</pre>
 */
public final class FilterBench {
  private static final int INSTANCES = 200;
  private static final int RUNS = 7;
  private static final ResourceName LAN = new ResourceName("lan");
  private static final InterfaceName BRIDGE = new InterfaceName("br-lan");

  private final List<String> inside;
  private final FilterTables tables;
  private final Links links;

  private FilterBench(String namespace, Path folder) {
    inside = List.of("ip", "netns", "exec", namespace);
    links = new Links(inside, null);
    Layout layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    tables = new FilterTables(layout, inside, InstantSource.system());
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("fjord-b-");
    try {
      for (String what : List.of("warm-up", "measured")) {
        long[][] times = new long[5][RUNS];
        for (int run = 0; run < RUNS; run++) {
          String namespace = "fjord-bench-" + ProcessHandle.current().pid();
          Command.of("ip", "netns", "add", namespace).output();
          try {
            new FilterBench(namespace, folder).run(times, run);
          } finally {
            Command.of("ip", "netns", "delete", namespace).output();
          }
        }
        if (what.equals("measured")) {
          print("ports in one ip -batch", times[0]);
          print("filters in one nft -f", times[1]);
          print("observing both", times[2]);
          print("baseline: one ip for each port", times[3]);
          print("baseline: one nft for each port", times[4]);
        }
      }
    } finally {
      Command.of("rm", "-r", "-f", folder.toString()).output();
    }
  }

  private void run(long[][] times, int run) {
    links.setUpSwitch(
        new Step.SetUpSwitch(
            LAN,
            BRIDGE,
            Cidr.parse("198.18.0.1/16"),
            null,
            null,
            Switch.USUAL_MTU,
            SwitchSettings.closed(BRIDGE)));
    List<Step.Port> ports =
        IntStream.range(0, INSTANCES)
            .mapToObj(FilterBench::lease)
            .map(lease -> new Step.Port(lease.tap(), BRIDGE, lease))
            .toList();
    // One step stands for all those that come at once: the Batcher makes one batch of them.
    times[0][run] =
        time(() -> links.connect(new Step.ConnectPorts(new ResourceName("all"), 20_000, ports)));
    times[1][run] = time(() -> tables.set(filters()));
    times[2][run] =
        time(() -> {
          // Side by side, as a run does it.
          CompletableFuture<ObservedFilters> filtered =
              CompletableFuture.supplyAsync(tables::observe);
          links.observe();
          if (filtered.join().inForce() == null) {
            throw new IllegalStateException("not in force");
          }
        });
    times[4][run] =
        time(() -> {
          for (int i = 0; i < INSTANCES; i++) {
            Lease lease = lease(i);
            inside(
                "nft", "add element bridge fjord macs { \"x%d\" . %s }".formatted(i, lease.mac()));
          }
        });
    times[3][run] =
        time(() -> {
          for (int i = 0; i < INSTANCES; i++) {
            inside("ip", "tuntap", "add", "dev", "x" + i, "mode", "tap", "user", "20000");
          }
        });
  }

  private void inside(String... words) {
    Command.of(Stream.concat(inside.stream(), Stream.of(words)).toList()).output();
  }

  private static Filters filters() {
    Switch lan =
        ModelFixtures.switchOf(
            LAN, BRIDGE, Cidr.parse("198.18.0.0/16"), Ipv4Address.parse("198.18.0.1"), List.of());
    return new Filters(
        new UidRange(20_000, 1000),
        List.of(lan),
        IntStream.range(0, INSTANCES)
            .mapToObj(i ->
                ModelFixtures.filteredPort(
                    new ResourceName("i" + i),
                    Owner.partner(new ResourceName("p" + i)),
                    lease(i),
                    null,
                    List.of()))
            .toList());
  }

  private static Lease lease(int i) {
    return ModelFixtures.lease(
        LAN,
        Ipv4Address.parse("198.18.1." + (i + 1)),
        Ipv6Address.parse("2001:db8::1:" + Integer.toHexString(i + 1)),
        new MacAddress("02:00:00:00:01:%02x".formatted(i + 1)),
        new InterfaceName("tap" + i));
  }

  private static long time(Runnable what) {
    long from = System.nanoTime();
    what.run();
    return System.nanoTime() - from;
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "%-34s median %7.1f ms, from %.1f to %.1f%n",
        what, nanos[nanos.length / 2] / 1e6, nanos[0] / 1e6, nanos[nanos.length - 1] / 1e6);
  }
}
