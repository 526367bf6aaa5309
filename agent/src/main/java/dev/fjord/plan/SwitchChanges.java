package dev.fjord.plan;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.problem.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Switches: those that are declared exist and are as declared; what is not ours is left alone. */
final class SwitchChanges {
  private final Desired desired;
  private final Observed observed;
  private final Draft draft;
  private final Map<InterfaceName, ObservedBridge> bridges;
  private final Map<ResourceName, Boolean> provided = new HashMap<>();

  SwitchChanges(Desired desired, Observed observed, Draft draft) {
    this.desired = desired;
    this.observed = observed;
    this.draft = draft;
    this.bridges =
        observed.bridges().stream()
            .collect(Collectors.toMap(ObservedBridge::name, Function.identity(), (a, b) -> a));
  }

  /** Plans the bridges of all declared switches, used or not. */
  void provideDeclared() {
    desired.switches().keySet().stream().sorted().forEach(this::provide);
  }

  /** Plans a switch, once; false when it cannot be had. */
  boolean provide(ResourceName name) {
    return provided.computeIfAbsent(name, this::plan);
  }

  private boolean plan(ResourceName name) {
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
      refuse(network, seen);
      return false;
    }
    SwitchGoal goal = SwitchGoal.of(network, observed);
    Refusal uplink = goal.uplink().refusal();
    if (uplink != null) {
      draft.refused.add(uplink);
    }
    if (seen == null) {
      add(Action.CREATE, goal, "it is not there", Cause.INTENDED, List.of());
    } else {
      Problem both = goal.bothRouters(seen);
      if (both != null) {
        draft.problems.add(both);
      }
      List<FieldChange> fields = goal.fields(seen);
      if (!fields.isEmpty()) {
        add(Action.UPDATE, goal, "it is not as declared", Cause.CORRECTIVE, fields);
      }
    }
    return true;
  }

  private void refuse(Switch network, ObservedBridge seen) {
    String whose =
        seen.network() == null
            ? "was made by somebody else"
            : "is that of switch " + seen.network();
    draft.refuse(
        "foreign-bridge",
        Owner.SITE,
        "switch "
            + network.name()
            + " needs bridge "
            + network.bridge()
            + ", and a bridge of that name "
            + whose
            + "; it is left alone, and no instance of the switch is started",
        "Name another bridge in the Switch's 'bridge', or remove that one by hand.");
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

  /** The changes of this plan that make or mend a switch. */
  List<String> idsOf(ResourceName network) {
    return draft.present(ids(network));
  }

  /** What a start must wait for, as far as it is in the plan. */
  static List<String> ids(InstanceRecord record) {
    return record.leases().stream().flatMap(lease -> ids(lease.network()).stream()).toList();
  }

  private static List<String> ids(ResourceName network) {
    return List.of(id(Action.CREATE, network), id(Action.UPDATE, network));
  }

  private static String id(Action action, ResourceName network) {
    return Change.id(action, Kind.SWITCH, network.value());
  }
}
