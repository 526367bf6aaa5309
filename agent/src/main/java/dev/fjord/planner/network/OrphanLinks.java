package dev.fjord.planner.network;

import dev.fjord.model.Desired;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.HostAfterPlan;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.planner.draft.InstancePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Links that bear fjord's mark and are no longer wanted: they are removed once they are free. */
public record OrphanLinks(Desired desired, Observed observed, HostAfterPlan after, Draft draft) {

  /**
   * Plans the removal of marked taps that are not wanted, and of marked bridges of no switch.
   *
   * @param goals what instances should come to, by their names
   * @param daemons what was decided on daemons that end
   */
  public static Decisions plan(
      Inputs inputs, InstancePlan instances, Map<ResourceName, Goal> goals, Decisions daemons) {
    Draft draft = new Draft(daemons);
    new OrphanLinks(inputs.desired(), inputs.observed(), instances.after(), draft).remove(goals);
    return draft.decisions();
  }

  private void remove(Map<ResourceName, Goal> goals) {
    Map<InterfaceName, List<String>> freed = new HashMap<>();
    Set<InterfaceName> used = new HashSet<>();
    for (ObservedPort port : observed.ports()) {
      ResourceName instance = port.instance();
      String release =
          port.daemon() != null
              ? draft.present(List.of(DaemonChanges.removal(port.daemon()))).stream()
                  .findFirst()
                  .orElse(null)
              : instance == null || isLeftAlone(instance, goals)
                  ? null
                  : release(port, instance, goals);
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
   * The change that takes a port away; null if it stays. A port that its instance had before is
   * removed once the instance has changed. Those of an instance that leaves are removed with it: it
   * shuts down first, and may need its network for that.
   */
  private @Nullable String release(
      ObservedPort port, ResourceName name, Map<ResourceName, Goal> goals) {
    List<String> endings = after.endings(name);
    if (after.gone().contains(name)) {
      return endings.get(endings.size() - 1);
    }
    Goal goal = goals.get(name);
    List<String> moved = List.of();
    if (goal != null) {
      boolean wanted =
          goal.record().leases().stream()
              .anyMatch(l -> l.tap().equals(port.tap()) && !desired.hasDaemon(l.network()));
      boolean runs = goal.seen() != null && goal.seen().kernel() != null;
      moved = endings;
      if (wanted || (runs && moved.isEmpty())) {
        return null;
      }
    }
    remove(Kind.PORT, port.tap(), name, moved, new Step.RemovePort(port.tap()));
    return Change.id(Action.DELETE, Kind.PORT, port.tap().value());
  }

  /** The links of an instance that is there, has no goal and does not leave are not touched. */
  private boolean isLeftAlone(ResourceName instance, Map<ResourceName, Goal> goals) {
    return !goals.containsKey(instance)
        && !after.gone().contains(instance)
        && observed.instances().stream().anyMatch(seen -> seen.name().equals(instance));
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
            "link " + link + " bears fjord's mark and is no longer declared",
            Disruption.NONE,
            List.of(),
            requires,
            List.of(),
            step));
  }
}
