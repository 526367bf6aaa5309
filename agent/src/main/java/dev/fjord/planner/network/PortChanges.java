package dev.fjord.planner.network;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Switch;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.planner.draft.InstanceIds;
import dev.fjord.planner.draft.PriorState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Ports of instances: what a start makes, and what is mended while a kernel runs. */
public final class PortChanges {
  /**
   * After a port's switch, where its kernel holds the descriptor of a tap that no longer exists.
   */
  public static final String LOST = ", lost by its kernel";

  private final Desired desired;
  private final Observed observed;
  private final Draft draft;
  private final SwitchChanges switches;
  private final PriorState prior;
  private final Map<InterfaceName, ObservedPort> ports;

  /**
   * @param draft of the instances whose ports they are
   */
  public PortChanges(Inputs inputs, SwitchChanges switches, Draft draft) {
    this.desired = inputs.desired();
    this.observed = inputs.observed();
    this.prior = inputs.prior();
    this.switches = switches;
    this.draft = draft;
    this.ports =
        observed.ports().stream()
            .collect(Collectors.toMap(ObservedPort::tap, Function.identity(), (a, b) -> a));
  }

  /** Whether an instance can have its ports; where it cannot, the draft says why. */
  public boolean allow(InstanceRecord record) {
    boolean possible = true;
    for (Lease lease : record.leases()) {
      possible &=
          switches.provides(lease.network())
              && (desired.hasDaemon(lease.network()) || isFree(record, lease));
    }
    return possible;
  }

  /** Whether the host has an IPv6 address on a switch for certain. */
  private static boolean isGateway6(Switch network) {
    return network.ipv6() != null && network.isRoutedByHost();
  }

  /** The ports that an instance is started with, as steps take them. */
  public List<Step.Port> steps(InstanceRecord record) {
    List<Step.Port> steps = new ArrayList<>();
    for (int i = 0; i < record.leases().size(); i++) {
      boolean daemon = desired.hasDaemon(record.leases().get(i).network());
      steps.add(step(desired, record, i, daemon));
    }
    return steps;
  }

  /**
   * The ports of a kernel that runs on: it stays connected in the way that it was started with,
   * whatever its switch is now. Ports of switches that are no longer declared, or that are refused,
   * are left out: they stay as they are.
   */
  private List<Step.Port> steps(Desired asked, InstanceRecord record, RunningKernel kernel) {
    List<Step.Port> steps = new ArrayList<>();
    for (int i = 0; i < record.leases().size(); i++) {
      ResourceName network = record.leases().get(i).network();
      if (asked.switches().containsKey(network) && !switches.refuses(network)) {
        steps.add(step(asked, record, i, kernel.boot().isBehindDaemon(i)));
      }
    }
    return steps;
  }

  private Step.Port step(Desired asked, InstanceRecord record, int index, boolean daemon) {
    Lease lease = record.leases().get(index);
    Nic nic = record.nic(index);
    Switch network = Objects.requireNonNull(asked.switches().get(lease.network()));
    return new Step.Port(
        lease.tap(),
        network.bridge(),
        lease,
        nic == null ? null : nic.rate(),
        SwitchGoal.of(network, observed).canAsk(lease.address()),
        daemon,
        lease.address6() != null && isGateway6(network),
        network.mtuOrUsual(),
        network.isExisting());
  }

  /**
   * Plans the mending of a running instance's ports. For a kernel that cannot take up a new tap, or
   * is paused, the taps are made all the same: its next start or its resumption finds them.
   *
   * @param record what is in force once the plan is done: not what waits for a restart
   * @param before what was in force before
   */
  public void mend(InstanceRecord record, InstanceRecord before, RunningKernel kernel) {
    List<Step.Port> steps = steps(desired, record, kernel);
    Differences now = differences(desired, steps, kernel);
    now.addresses().addAll(left(record, before));
    if (now.fields().isEmpty()) {
      return;
    }
    Desired then = prior.desired();
    Cause cause =
        PriorState.cause(
            now.fields(), differences(then, steps(then, before, kernel), kernel).fields());
    boolean lost = !kernel.lost().taps().isEmpty();
    draft.add(
        new Change(
            InstanceIds.mendingPorts(record.name()),
            Action.UPDATE,
            Kind.PORT,
            record.name(),
            record.owner(),
            cause,
            reason(lost, cause, now),
            Disruption.NONE,
            now.fields(),
            draft.present(
                Stream.of(SwitchChanges.ids(record), DaemonChanges.mended(record))
                    .flatMap(List::stream)
                    .toList()),
            List.of(),
            new Step.ConnectPorts(record.name(), record.uid(), steps, lost)));
  }

  /**
   * Takes away further addresses that it no longer has, without a restart: the host forgets which
   * port had them.
   */
  private static List<FieldChange> left(InstanceRecord record, InstanceRecord before) {
    List<FieldChange> left = new ArrayList<>();
    for (int i = 0; i < record.leases().size() && i < before.leases().size(); i++) {
      Lease now = record.leases().get(i);
      List<IpAddress> then = before.leases().get(i).further();
      if (now.tap().equals(before.leases().get(i).tap()) && !now.further().containsAll(then)) {
        String to = now.further().isEmpty() ? null : now.further().toString();
        left.add(new FieldChange(now.tap() + ".addresses", then.toString(), to));
      }
    }
    return left;
  }

  /** How the ports of an instance differ from what is asked for. */
  private record Differences(
      List<FieldChange> links,
      List<FieldChange> stations,
      List<FieldChange> rates,
      List<FieldChange> mtus,
      List<FieldChange> addresses) {
    private Differences() {
      this(
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>());
    }

    List<FieldChange> fields() {
      return Stream.of(links, stations, rates, mtus, addresses).flatMap(List::stream).toList();
    }
  }

  private Differences differences(Desired asked, List<Step.Port> steps, RunningKernel kernel) {
    Differences found = new Differences();
    for (Step.Port port : steps) {
      if (port.daemon()) { // The port itself is the daemon's.
        station(asked, port).ifPresent(found.stations::add);
      } else {
        link(port, kernel)
            .ifPresentOrElse(
                found.links::add, () -> station(asked, port).ifPresent(found.stations::add));
        rate(port).ifPresent(found.rates::add);
        mtu(port).ifPresent(found.mtus::add);
      }
    }
    return found;
  }

  private static String reason(boolean lost, Cause cause, Differences now) {
    if (lost) {
      return "somebody deleted its tap";
    } else if (!now.links.isEmpty()) {
      return cause == Cause.INTENDED
          ? "the document of its switch changed"
          : "somebody changed its ports";
    }
    if (!now.stations.isEmpty()) {
      return "its switch has forgotten who is behind its port";
    }
    if (!now.addresses.isEmpty()) {
      return "it has other addresses";
    }
    return now.rates.isEmpty()
        ? "its switch carries packets of another size"
        : "what may pass is another rate";
  }

  private Optional<FieldChange> link(Step.Port port, RunningKernel kernel) {
    ObservedPort seen = ports.get(port.tap());
    boolean takesUp = kernel.lost().mendable() && !kernel.paused();
    String now =
        seen == null
            ? null
            : (seen.bridge() == null ? "no switch" : seen.bridge().value())
                + (seen.up() ? "" : ", down")
                + (takesUp && kernel.lost().taps().contains(port.tap()) ? LOST : "");
    return difference(port.tap().value(), now, port.bridge().value());
  }

  /**
   * A bridge that has forgotten which station is behind a port learns it from the first frame that
   * comes from there.
   */
  private Optional<FieldChange> station(Desired asked, Step.Port port) {
    ObservedPort seen = ports.get(port.carrier());
    ResourceName network = port.lease().network();
    // A daemon that is no longer asked for stays for instances that wait for a restart, but it is
    // not mended.
    if (seen == null || !port.bridge().equals(seen.bridge()) && !asked.hasDaemon(network)) {
      return Optional.empty();
    }
    String mac = port.lease().mac().value();
    String now = seen.stations().contains(port.lease().mac()) ? mac : null;
    return difference(port.carrier() + ".station", now, mac);
  }

  private Optional<FieldChange> mtu(Step.Port port) {
    ObservedPort seen = ports.get(port.tap());
    return seen == null
        ? Optional.empty()
        : difference(port.tap() + ".mtu", seen.mtu() + "", port.mtu() + "");
  }

  private Optional<FieldChange> rate(Step.Port port) {
    ObservedPort seen = ports.get(port.tap());
    Rate now = seen == null ? null : seen.rate();
    Rate wanted = port.rate();
    return difference(
        port.tap() + ".rate",
        now == null ? null : now.toString(),
        wanted == null ? null : wanted.toString());
  }

  private static Optional<FieldChange> difference(
      String path, @Nullable String now, @Nullable String wanted) {
    return Objects.equals(now, wanted)
        ? Optional.empty()
        : Optional.of(new FieldChange(path, now, wanted));
  }

  /**
   * Whether the port is the instance's own under another name: the tap of a long name holds the
   * identity.
   */
  private boolean isItsOwn(InstanceRecord record, ObservedPort port) {
    return observed.instances().stream()
        .filter(one -> one.name().equals(port.instance()))
        .map(ObservedInstance::record)
        .anyMatch(one -> one != null && one.identity().equals(record.identity()));
  }

  private boolean isFree(InstanceRecord record, Lease lease) {
    ObservedPort seen = ports.get(lease.tap());
    if (seen == null || record.name().equals(seen.instance()) || isItsOwn(record, seen)) {
      return true;
    }
    draft.refuse(
        "foreign-port",
        record.owner(),
        "instance "
            + record.name()
            + " needs tap "
            + lease.tap()
            + ", and a tap of that name was"
            + " made by somebody else; it is left alone",
        "Remove that tap by hand: ip link delete " + lease.tap());
    return false;
  }
}
