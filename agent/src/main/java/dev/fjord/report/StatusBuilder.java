package dev.fjord.report;

import dev.fjord.apply.Outcome;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.FileSystemUse;
import dev.fjord.model.HostBounds;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.Switch;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Status.BoundsStatus;
import dev.fjord.report.Status.DaemonStatus;
import dev.fjord.report.Status.DiskStatus;
import dev.fjord.report.Status.ImageStatus;
import dev.fjord.report.Status.InstanceStatus;
import dev.fjord.report.Status.KernelStatus;
import dev.fjord.report.Status.SwitchStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a status of what came of a run. Pure. */
public final class StatusBuilder {
  private final RunResult result;
  private final @Nullable Status previous;
  private final LongFunction<@Nullable Instant> startOf;
  private final BiFunction<ResourceName, ByteSize, @Nullable ByteSize> diverged;
  private final HostBounds bounds;
  private final Function<ByteSize, DiskForecast> forecast;
  private final boolean byAgent;

  private StatusBuilder(
      RunResult result,
      @Nullable Status previous,
      HostBounds bounds,
      LongFunction<@Nullable Instant> startOf,
      BiFunction<ResourceName, ByteSize, @Nullable ByteSize> diverged,
      Function<ByteSize, DiskForecast> forecast,
      boolean byAgent) {
    this.forecast = forecast;
    this.result = result;
    this.previous = previous;
    this.bounds = bounds;
    this.startOf = startOf;
    this.diverged = diverged;
    this.byAgent = byAgent;
  }

  /**
   * The status at the end of a run. A host that could not be looked at is shown as it was before:
   * unknown is not absent.
   *
   * @param previous of the run before; null for none
   * @param bounds what machines can be held to on that host
   * @param startOf when the process of that number began; null when it is not known
   * @param diverged what the instance of that name has written of its root over an image of that
   *     size; null when it is not known. Asked only for those that are outdated
   * @param forecast when the disk would be full that has so much room left
   * @param byAgent whether the run is an agent's
   */
  public static Status of(
      RunResult result,
      @Nullable Status previous,
      HostBounds bounds,
      LongFunction<@Nullable Instant> startOf,
      BiFunction<ResourceName, ByteSize, @Nullable ByteSize> diverged,
      Function<ByteSize, DiskForecast> forecast,
      boolean byAgent) {
    return new StatusBuilder(result, previous, bounds, startOf, diverged, forecast, byAgent)
        .build();
  }

  private Status build() {
    Observed seen = result.observed();
    Status before = seen == null ? previous : null;
    Plan plan = result.plan();
    return new Status(
        Status.VERSION,
        result.host(),
        result.revision(),
        result.desiredRevision(),
        result.converged(),
        since(),
        before == null ? end() : before.at(),
        result.took().toMillis(),
        before != null ? before.disk() : seen == null ? null : disk(seen.disk()),
        before != null ? before.instances() : seen == null ? List.of() : instances(seen),
        before != null
            ? before.switches()
            : seen == null ? List.of() : switches(seen, result.desired()),
        before != null ? before.images() : seen == null ? List.of() : images(seen),
        before != null ? before.kernels() : seen == null ? List.of() : kernels(seen),
        BoundsStatus.of(bounds),
        plan == null ? List.of() : PlanJson.RefusalJson.all(plan),
        plan == null ? List.of() : PlanJson.WaitingJson.all(plan),
        problems(),
        end(),
        result.cameThrough() ? end() : previous == null ? null : previous.lastGood(),
        byAgent);
  }

  private @Nullable DiskStatus disk(@Nullable FileSystemUse use) {
    return use == null
        ? null
        : new DiskStatus(
            use.used(), use.free(), use.percent(), ForecastJson.of(forecast.apply(use.free())));
  }

  private Instant end() {
    return result.started().plus(result.took());
  }

  private Instant since() {
    if (previous == null
        || previous.converged() != result.converged()
        || !Objects.equals(previous.revision(), result.revision())) {
      return end();
    }
    return previous.since();
  }

  private List<ProblemJson> problems() {
    Set<Problem> all = new LinkedHashSet<>(result.problems());
    if (result.plan() != null) {
      all.addAll(result.plan().problems());
    }
    all.addAll(failures());
    return ProblemJson.all(List.copyOf(all));
  }

  /** Failures of changes to instances that are not there yet are listed nowhere else. */
  private List<Problem> failures() {
    return result.outcomes().stream()
        .filter(outcome -> outcome.status() == Outcome.Status.FAILED)
        .flatMap(outcome -> Stream.ofNullable(outcome.problem()))
        .toList();
  }

  private List<InstanceStatus> instances(Observed seen) {
    InstanceStatuses statuses = new InstanceStatuses(result, previous, startOf, diverged, end());
    return seen.instances().stream()
        .map(statuses::of)
        .sorted(Comparator.comparing(InstanceStatus::name))
        .toList();
  }

  private static List<SwitchStatus> switches(Observed seen, @Nullable Desired desired) {
    List<SwitchStatus> switches = new ArrayList<>();
    Map<InterfaceName, ResourceName> existing = new HashMap<>();
    if (desired != null) {
      desired.switches().values().stream()
          .filter(Switch::isExisting)
          .forEach(network -> existing.put(network.bridge(), network.name()));
    }
    for (ObservedBridge bridge : seen.bridges()) {
      ResourceName network =
          bridge.network() != null ? bridge.network() : existing.get(bridge.name());
      if (network != null) {
        List<String> addresses =
            Stream.concat(
                    bridge.addresses().stream().map(Object::toString),
                    bridge.routing().addresses6().stream())
                .toList();
        switches.add(
            new SwitchStatus(
                network, bridge.name(), bridge.up(), addresses, daemons(seen, network)));
      }
    }
    switches.sort(Comparator.comparing(SwitchStatus::name));
    return switches;
  }

  private static List<DaemonStatus> daemons(Observed seen, ResourceName network) {
    return seen.daemons().stream()
        .filter(daemon -> daemon.network().equals(network))
        .filter(daemon -> daemon.kind() != ObservedDaemon.Kind.CAPTURE)
        .map(daemon ->
            new DaemonStatus(
                daemon.kind().program(), daemon.runs() ? daemon.pid() : null, daemon.answers()))
        .toList();
  }

  private static List<ImageStatus> images(Observed seen) {
    return seen.images().stream()
        .map(StatusBuilder::image)
        .sorted(Comparator.comparing(ImageStatus::name).thenComparing(i -> i.digest().hex()))
        .toList();
  }

  private static List<KernelStatus> kernels(Observed seen) {
    return seen.kernels().stream()
        .map(StatusBuilder::kernel)
        .sorted(Comparator.comparing(KernelStatus::name).thenComparing(k -> k.digest().hex()))
        .toList();
  }

  private static ImageStatus image(StoredImage image) {
    Upkeep upkeep = image.upkeep();
    return new ImageStatus(
        image.name(),
        image.digest(),
        image.size(),
        image.built(),
        upkeep.content(),
        upkeep.unusedSince());
  }

  private static KernelStatus kernel(StoredKernel kernel) {
    Boolean usable = kernel.trial() == null ? null : (Boolean) kernel.trial().usable();
    Upkeep upkeep = kernel.upkeep();
    return new KernelStatus(
        kernel.name(), kernel.digest(), usable, upkeep.content(), upkeep.unusedSince());
  }
}
