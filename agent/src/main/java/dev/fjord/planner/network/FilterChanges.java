package dev.fjord.planner.network;

import dev.fjord.model.Desired;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Switch;
import dev.fjord.model.UidRange;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.HostAfterPlan;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.planner.draft.InstancePlan;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is filtered once the plan is done. It is set before any instance starts: a guest never runs
 * on a port that is not filtered. An address is taken from its last holder before its next one has
 * it.
 */
public final class FilterChanges {
  private static final ResourceName NAME = new ResourceName("fjord");
  public static final String ID = Change.id(Action.UPDATE, Kind.FILTER, NAME.value());

  private final Desired desired;
  private final Observed observed;
  private final UidRange uids;
  private final SwitchChanges provided;
  private final HostAfterPlan after;
  private final Draft draft = new Draft();

  private FilterChanges(Inputs inputs, SwitchChanges provided, HostAfterPlan after) {
    this.desired = inputs.desired();
    this.observed = inputs.observed();
    this.uids = inputs.uids();
    this.provided = provided;
    this.after = after;
  }

  /**
   * What was decided on filters.
   *
   * @param inForce what is filtered once the plan is done, where anything can be
   */
  public record Result(Decisions decisions, Filters inForce) {
    /** Makes all that starts or is connected wait for the filters, where they change. */
    public Decisions before(Decisions connecting) {
      if (decisions.changes().isEmpty()) {
        return connecting;
      }
      return new Decisions(
          connecting.changes().stream()
              .map(one -> one.step() instanceof Step.Connecting ? one.requiring(ID) : one)
              .toList(),
          connecting.refused(),
          connecting.waiting(),
          connecting.problems());
    }
  }

  /**
   * Whether an instance would have its filter; where not, the draft says why. An instance that runs
   * already is left running: ending it would harm its owner more than a neighbour could.
   */
  public static boolean allow(Inputs inputs, InstanceRecord record, Draft draft) {
    Problem fault = inputs.observed().filters().fault();
    boolean filtered =
        record.leases().stream()
            .map(lease -> inputs.desired().switches().get(lease.network()))
            .anyMatch(network -> network == null || network.traffic().filtered());
    if (fault == null || !filtered || record.applied().power() == Power.STOPPED) {
      return true;
    }
    draft.refuse(
        "filters",
        Owner.SITE,
        "no instance is started or connected on a switch that is filtered: " + fault.summary(),
        Objects.requireNonNullElse(fault.hint(), "Run 'fjord doctor'.")
            + " Who runs stays. A Switch with 'filtered: false' needs no filter.");
    return false;
  }

  /** Plans the change of the filters, if there is one. */
  public static Result plan(Inputs inputs, SwitchChanges switches, InstancePlan instances) {
    FilterChanges filters = new FilterChanges(inputs, switches, instances.after());
    Filters wanted = filters.wanted();
    filters.plan(wanted, instances.decisions().and(switches.decisions()));
    return new Result(filters.draft.decisions(), wanted);
  }

  private void plan(Filters wanted, Decisions earlier) {
    Filters now = observed.filters().inForce();
    boolean needless = now == null && wanted.switches().isEmpty() && wanted.ports().isEmpty();
    if (observed.filters().fault() != null || wanted.equals(now) || needless) {
      return;
    }
    boolean intended = now != null || earlier.changes().stream().anyMatch(this::isIntended);
    draft.add(
        new Change(
            ID,
            Action.UPDATE,
            Kind.FILTER,
            NAME,
            Owner.SITE,
            intended ? Cause.INTENDED : Cause.CORRECTIVE,
            now != null
                ? "what may be sent by whom changed"
                : intended
                    ? "nothing is filtered yet"
                    : "the tables are not there, or not as they were made",
            Disruption.NONE,
            FilterFields.changes(now, wanted),
            List.of(),
            List.of(),
            new Step.SetFilters(wanted)));
  }

  private boolean isIntended(Change change) {
    return change.cause() == Cause.INTENDED
        && (change.kind() == Kind.INSTANCE || change.kind() == Kind.SWITCH);
  }

  private Filters wanted() {
    List<FilteredPort> ports = new ArrayList<>();
    Map<ResourceName, Switch> switches = new TreeMap<>(desired.switches());
    // A rule with the name of a foreign interface would hold back foreign packets.
    switches.keySet().removeIf(provided::refuses);
    // Nothing is filtered by size, so another MTU of an uplink does not set the filters again.
    switches.replaceAll((name, network) -> network.with(null));
    after
        .records()
        .values()
        .forEach(record -> ports.addAll(ports(record, after.kernels().get(record.name()))));
    Filters now = observed.filters().inForce();
    if (now != null) {
      ports.addAll(unknown(now));
      // An instance on a switch that is no longer declared, or is refused, stays as the switch was.
      for (Switch gone : now.switches()) {
        if (!provided.isForeign(gone)
            && ports.stream().anyMatch(port -> port.lease().network().equals(gone.name()))) {
          switches.putIfAbsent(gone.name(), gone);
        }
      }
    }
    ports.sort(Comparator.comparing((FilteredPort port) -> port.lease().tap()));
    List<FilteredPort> apart = new Blocks(observed, draft).once(ports);
    return new Filters(
        uids, List.copyOf(switches.values()), new HostPorts(observed, draft).once(apart));
  }

  /**
   * A kernel that runs on stays connected in the way that it was started with, whatever its switch
   * is now.
   */
  private boolean isBehindDaemon(Lease lease, int index, @Nullable RunningKernel staying) {
    return staying != null
        ? staying.boot().isBehindDaemon(index)
        : desired.hasDaemon(lease.network());
  }

  private List<FilteredPort> ports(InstanceRecord record, @Nullable RunningKernel staying) {
    List<FilteredPort> ports = new ArrayList<>();
    for (int i = 0; i < record.leases().size(); i++) {
      Lease lease = record.leases().get(i);
      Nic nic = record.nic(i);
      ports.add(
          new FilteredPort(
              record.name(),
              record.owner(),
              lease,
              nic == null ? null : nic.rate(),
              nic == null ? List.of() : nic.ports(),
              isBehindDaemon(lease, i, staying),
              i == record.defaultRoute(),
              nic == null ? List.of() : nic.prefixes()));
    }
    return ports;
  }

  /** It is unknown what an instance holds whose record cannot be read, so it keeps what it has. */
  private List<FilteredPort> unknown(Filters now) {
    Set<ResourceName> unread = unread();
    return now.ports().stream().filter(port -> unread.contains(port.instance())).toList();
  }

  private Set<ResourceName> unread() {
    return observed.instances().stream()
        .filter(seen -> seen.record() == null)
        .map(ObservedInstance::name)
        .collect(Collectors.toUnmodifiableSet());
  }
}
