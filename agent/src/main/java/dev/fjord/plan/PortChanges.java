package dev.fjord.plan;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Rate;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
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
final class PortChanges {
  /** After a port's switch, where its kernel holds the descriptor of a tap that is no more. */
  static final String LOST = ", lost by its kernel";

  private final Desired desired;
  private final Observed observed;
  private final Draft draft;
  private final SwitchChanges switches;
  private final Map<InterfaceName, ObservedPort> ports;

  PortChanges(Desired desired, Observed observed, Draft draft, SwitchChanges switches) {
    this.desired = desired;
    this.observed = observed;
    this.draft = draft;
    this.switches = switches;
    this.ports =
        observed.ports().stream()
            .collect(Collectors.toMap(ObservedPort::tap, Function.identity(), (a, b) -> a));
  }

  /** Plans the switches and checks the ports of an instance; false when it cannot have them. */
  boolean provide(InstanceRecord record) {
    boolean possible = true;
    for (Lease lease : record.leases()) {
      possible &=
          switches.provide(lease.network())
              && (desired.hasDaemon(lease.network()) || isFree(record, lease));
    }
    return possible;
  }

  /** Whether the host has an IPv6 address on a switch for certain. */
  private static boolean isGateway6(Switch network) {
    return network.ipv6() != null && network.traffic().uplink().mode() != Uplink.Mode.BRIDGED;
  }

  /** The ports of an instance as steps take them. */
  List<Step.Port> steps(InstanceRecord record) {
    List<Step.Port> steps = new ArrayList<>();
    for (int i = 0; i < record.leases().size(); i++) {
      Lease lease = record.leases().get(i);
      Nic nic = record.nic(i);
      Switch network = Objects.requireNonNull(desired.switches().get(lease.network()));
      steps.add(
          new Step.Port(
              lease.tap(),
              network.bridge(),
              lease,
              nic == null ? null : nic.rate(),
              SwitchGoal.of(network, observed).canAsk(lease.address()),
              desired.hasDaemon(lease.network()),
              lease.address6() != null && isGateway6(network)));
    }
    return steps;
  }

  /**
   * Plans the mending of a running instance's ports. A kernel that cannot take up a new tap, or is
   * paused, gets the taps all the same: they are what the next start, or its waking, finds.
   */
  void mend(InstanceRecord record, RunningKernel kernel) {
    List<FieldChange> links = new ArrayList<>();
    List<FieldChange> rates = new ArrayList<>();
    for (Step.Port port : steps(record)) {
      if (!port.daemon()) { // A daemon's port is not the instance's own.
        link(port, kernel).ifPresent(links::add);
        rate(port).ifPresent(rates::add);
      }
    }
    if (links.isEmpty() && rates.isEmpty()) {
      return;
    }
    boolean lost = !kernel.lost().taps().isEmpty();
    String reason =
        lost
            ? "somebody deleted its tap"
            : links.isEmpty() ? "what may pass is another rate" : "somebody changed its ports";
    draft.add(
        new Change(
            Change.id(Action.UPDATE, Kind.PORT, record.name().value()),
            Action.UPDATE,
            Kind.PORT,
            record.name(),
            record.owner(),
            Cause.CORRECTIVE,
            reason,
            Disruption.NONE,
            Stream.concat(links.stream(), rates.stream()).toList(),
            draft.present(SwitchChanges.ids(record)),
            List.of(),
            new Step.ConnectPorts(record.name(), record.uid(), steps(record), lost)));
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

  private boolean isFree(InstanceRecord record, Lease lease) {
    ObservedPort seen = ports.get(lease.tap());
    if (seen == null || record.name().equals(seen.instance())) {
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
