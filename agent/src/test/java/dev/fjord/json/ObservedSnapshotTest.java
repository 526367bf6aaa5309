package dev.fjord.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.Ailment;
import dev.fjord.model.BlockRoute;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Cidr;
import dev.fjord.model.Death;
import dev.fjord.model.Digest;
import dev.fjord.model.FileSystemUse;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.model.LostTaps;
import dev.fjord.model.MacAddress;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ObservedFilters;
import dev.fjord.model.ObservedHosts;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedNames;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Obstacle;
import dev.fjord.model.Protocol;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Routing;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.SpoofKind;
import dev.fjord.model.SpoofedFrames;
import dev.fjord.model.Starts;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.Surroundings;
import dev.fjord.model.TakenPort;
import dev.fjord.model.TakenUids;
import dev.fjord.model.TrashUse;
import dev.fjord.model.TrashedRoot;
import dev.fjord.model.Trial;
import dev.fjord.model.Upkeep;
import dev.fjord.model.Volume;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Records, leases and filters are in the worlds of ConvergenceTest; here is what is not. */
class ObservedSnapshotTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
  private static final ResourceName LINDA = new ResourceName("linda");
  private static final ResourceName LAN = new ResourceName("lan");
  private static final InterfaceName BRIDGE = new InterfaceName("fj-lan");
  private static final Problem PROBLEM =
      new Problem("odd", "it is odd", "so", "look", new Location("a/b.yaml", 3, 4));

  private static final Observed FULL =
      new Observed(
          Layout.of("/var/lib/fjord", "/run/fjord"),
          AT,
          List.of(
              new StoredKernel(
                  new ResourceName("uml"),
                  Digest.ofText("kernel"),
                  new Trial(Trial.Verdict.BOOTS_WITH_XSAVE_LIBRARY, "", "6.1.176"),
                  new Upkeep(Upkeep.Content.TOUCHED, "other bytes", AT, true),
                  Set.of("nf_tables"))),
          List.of(
              new StoredImage(
                  new ResourceName("tiny"),
                  Digest.ofText("image"),
                  ByteSize.mib(7),
                  new BuiltContent(Digest.ofText("built"), ByteSize.mib(8), AT),
                  Upkeep.WHOLE)),
          List.of(
              new ObservedBridge(
                  BRIDGE,
                  LAN,
                  true,
                  List.of(Cidr.parse("192.0.2.1/24")),
                  new Routing(
                      new InterfaceName("eth1"),
                      true,
                      new InterfaceName("eth0"),
                      List.of("2001:db8::1/64"),
                      Map.of("net.ipv4.ip_forward", "1"),
                      1400,
                      List.of(
                          new BlockRoute(
                              IpPrefix.parse("203.0.113.0/28"),
                              IpAddress.parse("192.0.2.5"),
                              BRIDGE)),
                      true))),
          List.of(
              new ObservedPort(
                  new InterfaceName("tap-linda"),
                  LINDA,
                  LAN,
                  BRIDGE,
                  true,
                  Rate.parse("10Mbit"),
                  Set.of(MacAddress.parse("02:00:00:00:00:05")),
                  1400)),
          List.of(
              new ObservedInstance(
                  LINDA,
                  null,
                  new ObservedDisks(
                      Path.of("/a/tiny.img"),
                      Path.of("/b/tiny.img"),
                      ByteSize.mib(3),
                      Map.of(new ResourceName("storage"), ByteSize.gib(4))),
                  new RunningKernel(
                      4711,
                      new KernelInvocation(Path.of("/linux"), List.of("mem=64M", "ip=192.0.2.5")),
                      true,
                      AT,
                      new LostTaps(Set.of(new InterfaceName("tap-linda")), false),
                      false,
                      true),
                  new Starts(3, AT),
                  new Death(AT, 9L, Death.Cause.PANICKED, "it panicked", List.of("panic")),
                  new Death(AT, null, Death.Cause.UNKNOWN, "nobody knows", List.of()),
                  PROBLEM)),
          List.of(),
          List.of(new TrashedRoot("20260102T030405Z-bob", null, Path.of("/a/tiny.img"))),
          List.of(
              new TrashUse(
                  "20260102T030405Z-bob-storage",
                  null,
                  new Volume(new ResourceName("storage"), ByteSize.gib(4)),
                  ByteSize.mib(5))),
          new ObservedFilters(
              null,
              Map.of(
                  LINDA,
                  new SpoofedFrames(7, List.of(new SpoofedFrames.Tried(SpoofKind.ARP, 7, AT)))),
              PROBLEM),
          List.of(
              new ObservedDaemon(
                  ObservedDaemon.Kind.NAMES, LAN, 12, AT, "settings", true, Starts.NONE)),
          new ObservedNames(
              "digest",
              List.of(IpAddress.parse("192.0.2.53"), IpAddress.parse("2001:db8::53")),
              new ObservedHosts(
                  Path.of("/etc/hosts"),
                  List.of("192.0.2.5 linda"),
                  Set.of("other"),
                  null,
                  List.of(AT),
                  "somebody",
                  null)),
          Map.of(
              LINDA,
              new Ailment(
                  Ailment.Verdict.ROOT_READ_ONLY,
                  AT,
                  4711,
                  "it",
                  AT,
                  List.of(new Ailment.Repair(AT, Ailment.Verdict.DEAD, "was")))),
          Set.of(20009),
          new FileSystemUse(ByteSize.gib(7), ByteSize.gib(9)),
          List.of(PROBLEM),
          new Surroundings(
              Set.of(BRIDGE),
              List.of(
                  new Obstacle(
                      Obstacle.Way.BETWEEN,
                      BRIDGE,
                      true,
                      "table ip filter, chain FORWARD",
                      "drop",
                      true,
                      Obstacle.Ruler.FIREWALLD)),
              true,
              List.of(new TakenPort(Protocol.UDP, 53)),
              List.of(new TakenUids("/etc/subuid", "anna", 100000, 65536))));

  @Test
  void it_is_the_same_after_it_was_written_and_read() {
    assertThat(ObservedSnapshot.read(ObservedSnapshot.of(FULL), "snapshot")).isEqualTo(FULL);
  }

  @Test
  void one_of_a_newer_version_is_refused() {
    String newer =
        new String(ObservedSnapshot.of(FULL), StandardCharsets.UTF_8)
            .replaceFirst("\"version\" : 1", "\"version\" : 2");
    assertThatThrownBy(
            () -> ObservedSnapshot.read(newer.getBytes(StandardCharsets.UTF_8), "slart's snapshot"))
        .hasMessageContaining("slart's snapshot was written by a newer version of fjord");
  }

  @Test
  void no_snapshot_is_longer_than_its_limit() {
    assertThatThrownBy(() -> ObservedSnapshot.read(new byte[(32 << 20) + 1], "snapshot"))
        .hasMessageContaining("snapshot does not hold what fjord writes there");
  }
}
