package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.DiskUsage.OfInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Disks of hosts. */
public final class Usages {
  private static final OfInstance DNS =
      new OfInstance(
          new ResourceName("dns"),
          Owner.SITE,
          ByteSize.mib(64),
          new ByteSize(53_248),
          ByteSize.ZERO);
  private static final OfInstance LINDA =
      new OfInstance(
          new ResourceName("linda"),
          Owner.partner(new ResourceName("linda")),
          ByteSize.mib(4672),
          ByteSize.mib(212),
          new ByteSize(38_928_384));

  static final DiskForecast UNKNOWN = new DiskForecast.Unknown(3, Duration.ofMinutes(130));
  static final DiskForecast STILL = new DiskForecast.NotGrowing(trend(-3 << 20));
  static final DiskForecast DISTANT = new DiskForecast.Distant(trend(1536));
  static final DiskForecast FULL =
      new DiskForecast.FullAt(trend(1288490189), Instant.parse("2026-12-29T23:59:59Z"));

  private Usages() {}

  private static DiskForecast.Trend trend(long bytesPerDay) {
    return new DiskForecast.Trend(337, Duration.ofDays(14), bytesPerDay);
  }

  public static DiskUsage none() {
    return of(ByteSize.gib(80), List.of(), UNKNOWN, List.of());
  }

  public static DiskUsage fits() {
    return of(ByteSize.gib(80), List.of(DNS, LINDA), STILL, List.of());
  }

  public static DiskUsage tooMuch() {
    return of(ByteSize.gib(3), List.of(DNS, LINDA), FULL, List.of());
  }

  /** One whose root is odd, one whose record is lost. */
  public static DiskUsage inPart() {
    OfInstance odd =
        new OfInstance(new ResourceName("bob"), Owner.SITE, ByteSize.gib(1), null, null);
    OfInstance lost = new OfInstance(new ResourceName("eve"), null, null, ByteSize.mib(1), null);
    return of(
        ByteSize.gib(80),
        List.of(odd, lost, LINDA),
        DISTANT,
        List.of(Problem.of("cow-unreadable", "root.cow").detail(Plans.HOSTILE).hint("Look.")));
  }

  private static DiskUsage of(
      ByteSize free, List<OfInstance> instances, DiskForecast forecast, List<Problem> problems) {
    return new DiskUsage(
        Results.LAYOUT.state(),
        ByteSize.gib(250),
        free,
        instances,
        ByteSize.mib(512),
        problems.isEmpty() ? ByteSize.ZERO : null,
        forecast,
        problems);
  }
}
