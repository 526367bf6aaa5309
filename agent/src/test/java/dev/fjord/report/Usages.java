package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.DiskUsage.OfInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
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

  private Usages() {}

  public static DiskUsage none() {
    return of(ByteSize.gib(80), List.of(), List.of());
  }

  public static DiskUsage fits() {
    return of(ByteSize.gib(80), List.of(DNS, LINDA), List.of());
  }

  public static DiskUsage tooMuch() {
    return of(ByteSize.gib(3), List.of(DNS, LINDA), List.of());
  }

  /** One whose root is odd, one whose record is lost. */
  public static DiskUsage inPart() {
    OfInstance odd =
        new OfInstance(new ResourceName("bob"), Owner.SITE, ByteSize.gib(1), null, null);
    OfInstance lost = new OfInstance(new ResourceName("eve"), null, null, ByteSize.mib(1), null);
    return of(
        ByteSize.gib(80),
        List.of(odd, lost, LINDA),
        List.of(Problem.of("cow-unreadable", "root.cow").detail(Plans.HOSTILE).hint("Look.")));
  }

  private static DiskUsage of(ByteSize free, List<OfInstance> instances, List<Problem> problems) {
    return new DiskUsage(
        Results.LAYOUT.state(),
        ByteSize.gib(250),
        free,
        instances,
        ByteSize.mib(512),
        problems.isEmpty() ? ByteSize.ZERO : null,
        problems);
  }
}
