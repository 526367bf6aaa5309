package dev.fjord.plan;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Owner;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Switches and ports: those that instances need exist; what bears no mark of ours is left alone.
 */
final class NetworkChanges {
  /** After a port's switch, where its kernel holds the descriptor of a tap that is no more. */
  static final String LOST = ", lost by its kernel";

  private final Desired desired;
  private final Draft draft;
  private final Map<InterfaceName, ObservedBridge> bridges;
  private final Map<InterfaceName, ObservedPort> ports;
  private final Observed observed;

  NetworkChanges(Desired desired, Observed observed, Draft draft) {
    this.desired = desired;
    this.draft = draft;
    this.observed = observed;
    this.bridges =
        observed.bridges().stream()
            .collect(Collectors.toMap(ObservedBridge::name, Function.identity(), (a, b) -> a));
    this.ports =
        observed.ports().stream()
            .collect(Collectors.toMap(ObservedPort::tap, Function.identity(), (a, b) -> a));
  }

  /** Plans the bridges of all declared switches, used or not. */
  void provideDeclared() {
    desired.switches().keySet().stream().sorted().forEach(this::bridge);
  }

  /** Plans the switches and checks the ports of an instance; false when it cannot have them. */
  boolean provide(InstanceRecord record) {
    boolean possible = true;
    for (Lease lease : record.leases()) {
      possible &= bridge(lease.network()) && (isBehindDaemon(lease) || portIsFree(record, lease));
    }
    return possible;
  }

  /** Plans a switch; false when it cannot be had. */
  boolean isPossible(ResourceName network) {
    return bridge(network);
  }

  /** The changes of this plan that make or mend a switch. */
  List<String> idsOf(ResourceName network) {
    return draft.present(List.of(id(Action.CREATE, network), id(Action.UPDATE, network)));
  }

  private boolean isBehindDaemon(Lease lease) {
    Switch network = desired.switches().get(lease.network());
    return network != null && network.hasDaemon();
  }

  /** What a start must wait for, as far as it is in the plan. */
  static List<String> ids(InstanceRecord record) {
    return record.leases().stream()
        .flatMap(lease ->
            List.of(id(Action.CREATE, lease.network()), id(Action.UPDATE, lease.network()))
                .stream())
        .toList();
  }

  private static String id(Action action, ResourceName network) {
    return Change.id(action, Kind.SWITCH, network.value());
  }

  /** Whether the host has an IPv6 address on a switch for certain. */
  private static boolean isGateway6(Switch network) {
    return network.ipv6() != null && network.traffic().uplink().mode() != Uplink.Mode.BRIDGED;
  }

  /** The ports of an instance as a step takes them. */
  List<Step.Port> ports(InstanceRecord record) {
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
              isBehindDaemon(lease),
              lease.address6() != null && isGateway6(network)));
    }
    return steps;
  }

  /**
   * Plans the mending of a running instance's ports. A kernel that cannot take up a new tap, or is
   * paused, gets the taps all the same: they are what the next start, or its waking, finds.
   */
  void mendPorts(InstanceRecord record, RunningKernel kernel) {
    List<FieldChange> fields = new ArrayList<>();
    boolean onlyRates = true;
    boolean takesUp = kernel.lost().mendable() && !kernel.paused();
    for (Step.Port port : ports(record)) {
      if (port.daemon()) {
        continue; // Its daemon's tap is not its own.
      }
      ObservedPort seen = ports.get(port.tap());
      String now =
          seen == null
              ? null
              : (seen.bridge() == null ? "no switch" : seen.bridge() + "")
                  + (seen.up() ? "" : ", down")
                  + (takesUp && kernel.lost().taps().contains(port.tap()) ? LOST : "");
      if (!port.bridge().value().equals(now)) {
        fields.add(new FieldChange(port.tap().value(), now, port.bridge().value()));
      }
      Rate limit = seen == null ? null : seen.rate();
      if (!Objects.equals(port.rate(), limit)) {
        fields.add(new FieldChange(port.tap() + ".rate", text(limit), text(port.rate())));
        onlyRates &= seen != null && port.bridge().value().equals(now);
      } else {
        onlyRates &= port.bridge().value().equals(now);
      }
    }
    if (!fields.isEmpty()) {
      draft.add(
          new Change(
              Change.id(Action.UPDATE, Kind.PORT, record.name().value()),
              Action.UPDATE,
              Kind.PORT,
              record.name(),
              record.owner(),
              Cause.CORRECTIVE,
              kernel.lost().taps().isEmpty()
                  ? onlyRates ? "what may pass is another rate" : "somebody changed its ports"
                  : "somebody deleted its tap",
              Disruption.NONE,
              fields,
              draft.present(ids(record)),
              List.of(),
              new Step.ConnectPorts(
                  record.name(), record.uid(), ports(record), !kernel.lost().taps().isEmpty())));
    }
  }

  /**
   * Plans the removal of marked taps that nobody wants, and of marked bridges of no switch.
   *
   * @param goals what instances should come to
   * @param kept instances that are there and have no goal: nothing of theirs is touched
   */
  void removeStrays(Map<ResourceName, Goal> goals, Set<ResourceName> kept) {
    Map<InterfaceName, List<String>> freed = new HashMap<>();
    Set<InterfaceName> used = new HashSet<>();
    for (ObservedPort port : observed.ports()) {
      ResourceName instance = port.instance();
      String release =
          port.daemon() != null
              ? draft.present(List.of(DaemonChanges.removal(port.daemon()))).stream()
                  .findFirst()
                  .orElse(null)
              : instance == null || kept.contains(instance) ? null : release(port, instance, goals);
      if (port.bridge() != null && release == null) {
        used.add(port.bridge());
      } else if (port.bridge() != null) {
        freed.computeIfAbsent(port.bridge(), bridge -> new ArrayList<>()).add(release);
      }
    }
    for (ObservedBridge bridge : observed.bridges()) {
      ResourceName network = bridge.network();
      if (network == null || used.contains(bridge.name())) {
        continue;
      }
      Switch declared = desired.switches().get(network);
      if (declared == null || !declared.bridge().equals(bridge.name())) {
        remove(
            Kind.SWITCH,
            bridge.name(),
            network,
            freed.getOrDefault(bridge.name(), List.of()),
            new Step.RemoveSwitch(network, bridge.name()));
      }
    }
  }

  /**
   * The change that takes a port away; null if it stays. One that its instance had before goes once
   * the instance has changed, and those of an instance that leaves go with it: it shuts down first,
   * and may need its network for that.
   */
  private @Nullable String release(
      ObservedPort port, ResourceName name, Map<ResourceName, Goal> goals) {
    String leaving = Change.id(Action.DELETE, Kind.INSTANCE, name.value());
    if (!draft.present(List.of(leaving)).isEmpty()) {
      return leaving;
    }
    Goal goal = goals.get(name);
    List<String> moved = List.of();
    if (goal != null) {
      boolean wanted =
          goal.record().leases().stream()
              .anyMatch(l -> l.tap().equals(port.tap()) && !isBehindDaemon(l));
      boolean runs = goal.seen() != null && goal.seen().kernel() != null;
      moved = draft.present(InstanceChanges.moving(name));
      if (wanted || (runs && moved.isEmpty())) {
        return null;
      }
    }
    remove(Kind.PORT, port.tap(), name, moved, new Step.RemovePort(port.tap()));
    return Change.id(Action.DELETE, Kind.PORT, port.tap().value());
  }

  private void remove(
      Kind kind, InterfaceName link, ResourceName name, List<String> requires, Step step) {
    draft.add(
        new Change(
            Change.id(Action.DELETE, kind, link.value()),
            Action.DELETE,
            kind,
            name,
            Owner.SITE,
            Cause.INTENDED,
            "link " + link + " bears fjord's mark and is declared no more",
            Disruption.NONE,
            List.of(),
            requires,
            List.of(),
            step));
  }

  private boolean bridge(ResourceName name) {
    Switch network = desired.switches().get(name);
    if (network == null) {
      draft.refuse(
          "switch",
          Owner.SITE,
          "switch " + name + " is declared no more",
          "Declare it again, or remove its instances.");
      return false;
    }
    ObservedBridge seen = bridges.get(network.bridge());
    if (seen != null && !name.equals(seen.network())) {
      String whose =
          seen.network() == null
              ? "was made by somebody else"
              : "is that of switch " + seen.network();
      Refusal refusal =
          new Refusal(
              "foreign-bridge",
              Owner.SITE,
              "switch "
                  + name
                  + " needs bridge "
                  + network.bridge()
                  + ", and a bridge of that name "
                  + whose
                  + "; it is left alone, and no instance of the switch is started",
              "Name another bridge in the Switch's 'bridge', or remove that one by hand.");
      if (!draft.refused.contains(refusal)) {
        draft.refused.add(refusal);
      }
      return false;
    }
    SwitchGoal goal = SwitchGoal.of(network, observed);
    Refusal uplink = goal.uplink().refusal();
    if (uplink != null && !draft.refused.contains(uplink)) {
      draft.refused.add(uplink);
    }
    if (seen == null) {
      add(Action.CREATE, goal, "it is not there", Cause.INTENDED, List.of());
    } else {
      List<FieldChange> fields = goal.fields(seen);
      if (!fields.isEmpty()) {
        add(Action.UPDATE, goal, "it is not as declared", Cause.CORRECTIVE, fields);
      }
    }
    return true;
  }

  private void add(
      Action action, SwitchGoal goal, String reason, Cause cause, List<FieldChange> fields) {
    Switch network = goal.network();
    draft.add(
        new Change(
            id(action, network.name()),
            action,
            Kind.SWITCH,
            network.name(),
            Owner.SITE,
            cause,
            reason,
            Disruption.NONE,
            fields,
            List.of(),
            List.of(),
            goal.step()));
  }

  private static @Nullable String text(@Nullable Rate rate) {
    return rate == null ? null : rate.toString();
  }

  private boolean portIsFree(InstanceRecord record, Lease lease) {
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
