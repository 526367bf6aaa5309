package dev.fjord.report;

import dev.fjord.apply.Outcome;
import dev.fjord.model.Ailment;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Image;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.SpoofedFrames;
import dev.fjord.plan.Change;
import dev.fjord.plan.Kind;
import dev.fjord.plan.OrderedRestart;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Status.InstanceStatus;
import dev.fjord.report.Status.Power;
import dev.fjord.report.Status.Restarted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the status of single instances.
 *
 * @param previous of the run before; null for none
 * @param at the end of the run
 */
record InstanceStatuses(
    RunResult result,
    @Nullable Status previous,
    LongFunction<@Nullable Instant> startOf,
    BiFunction<ResourceName, ByteSize, @Nullable ByteSize> diverged,
    Instant at) {

  InstanceStatus of(ObservedInstance seen) {
    InstanceRecord record = seen.record();
    RunningKernel kernel = seen.kernel();
    return new InstanceStatus(
        seen.name(),
        record == null ? null : record.owner().partner(),
        power(kernel),
        kernel == null ? null : (Long) kernel.pid(),
        record == null ? List.of() : addresses(record),
        record == null ? null : record.applied().image(),
        record != null && isOutdated(record),
        record != null && isOutdated(record) ? divergedBytes(seen, record) : null,
        record == null ? null : record.applied().memory(),
        kernel == null ? null : uptime(kernel),
        kernel == null ? null : (Boolean) kernel.bounded(),
        spoofed(seen.name()).count(),
        spoofed(seen.name()).kinds(),
        ailment(seen.name()),
        seen.lastDeath(),
        restarted(seen.name(), kernel),
        ProblemJson.all(problems(seen)));
  }

  /** By an order of this run, else by one of an earlier run while its kernel runs. */
  private @Nullable Restarted restarted(ResourceName name, @Nullable RunningKernel kernel) {
    if (kernel == null) {
      return null;
    }
    Optional<Restarted> now =
        result.restarts().stream()
            .filter(one -> one.order().instance().equals(name) && wasDone(one))
            .findFirst()
            .map(one -> new Restarted(one.order().by(), one.order().at()));
    return now.orElseGet(() -> before(name, kernel.pid()));
  }

  private boolean wasDone(OrderedRestart restart) {
    String change = OrderedRestart.change(restart.order().instance());
    return result.outcomes().stream()
        .filter(outcome -> outcome.change().equals(change))
        .map(Outcome::status)
        .anyMatch(how -> how == Outcome.Status.DONE || how == Outcome.Status.UNDER_WAY);
  }

  private @Nullable Restarted before(ResourceName name, long pid) {
    return previous == null
        ? null
        : previous.instances().stream()
            .filter(one -> one.name().equals(name) && Objects.equals(one.pid(), pid))
            .findFirst()
            .map(InstanceStatus::restarted)
            .orElse(null);
  }

  /** The first of each interface, and those that its document names beside. */
  private static List<IpAddress> addresses(InstanceRecord record) {
    return record.leases().stream()
        .flatMap(lease -> Stream.concat(Stream.of(lease.address()), lease.further().stream()))
        .toList();
  }

  private SpoofedFrames spoofed(ResourceName name) {
    Observed observed = result.observed();
    return observed == null
        ? SpoofedFrames.NONE
        : observed.filters().dropped().getOrDefault(name, SpoofedFrames.NONE);
  }

  private @Nullable Ailment ailment(ResourceName name) {
    Observed observed = result.observed();
    return observed == null ? null : observed.ailments().get(name);
  }

  private static Power power(@Nullable RunningKernel kernel) {
    if (kernel == null) {
      return Power.STOPPED;
    }
    return kernel.paused() ? Power.PAUSED : Power.RUNNING;
  }

  private boolean isOutdated(InstanceRecord record) {
    Desired desired = result.desired();
    Image image = desired == null ? null : desired.images().get(record.applied().image());
    return image != null && !image.version().equals(record.base());
  }

  private @Nullable Long divergedBytes(ObservedInstance seen, InstanceRecord record) {
    Observed observed = result.observed();
    return observed == null
        ? null
        : observed.images().stream()
            .filter(one -> one.digest().equals(record.base()))
            .filter(one -> one.name().equals(record.applied().image()))
            .findFirst()
            .map(image -> Objects.requireNonNullElse(record.applied().root(), image.size()))
            .map(root -> diverged.apply(seen.name(), root))
            .map(ByteSize::bytes)
            .orElse(null);
  }

  private @Nullable Long uptime(RunningKernel kernel) {
    Instant start = startOf.apply(kernel.pid());
    return start == null ? null : (Long) Math.max(0, Duration.between(start, at).toSeconds());
  }

  private List<Problem> problems(ObservedInstance seen) {
    List<Problem> problems = new ArrayList<>();
    if (seen.fault() != null) {
      problems.add(seen.fault());
    }
    if (result.silent().contains(seen.name())) {
      problems.add(silent(seen));
    }
    Set<String> changes = changesOf(seen.name());
    for (Outcome outcome : result.outcomes()) {
      if (outcome.problem() != null && changes.contains(outcome.change())) {
        problems.add(outcome.problem());
      }
    }
    return problems;
  }

  private static Problem silent(ObservedInstance seen) {
    String hint = "Look at it: fjord console " + seen.name();
    return seen.isStarting()
        ? Problem.of("starting", "instance " + seen.name() + " is starting: no answer yet")
            .hint(hint)
        : Problem.of("silent", "instance " + seen.name() + " runs and does not answer").hint(hint);
  }

  private Set<String> changesOf(ResourceName name) {
    Plan plan = result.plan();
    return plan == null
        ? Set.of()
        : plan.changes().stream()
            .filter(change -> change.kind() == Kind.INSTANCE && change.name().equals(name))
            .map(Change::id)
            .collect(Collectors.toSet());
  }
}
