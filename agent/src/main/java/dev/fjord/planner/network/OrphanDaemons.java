package dev.fjord.planner.network;

import dev.fjord.model.Desired;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ObservedInstance;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Programs that are no longer asked for: they end once no kernel is connected to them. */
public record OrphanDaemons(Desired desired, Observed observed, HostAfterPlan after, Draft draft) {

  /**
   * Plans the end of what is no longer asked for, after the instances on it have moved.
   *
   * @param goals what instances should come to, by their names
   */
  public static Decisions plan(
      Inputs inputs, InstancePlan instances, Map<ResourceName, Goal> goals) {
    Draft draft = new Draft();
    new OrphanDaemons(inputs.desired(), inputs.observed(), instances.after(), draft).end(goals);
    return draft.decisions();
  }

  private void end(Map<ResourceName, Goal> goals) {
    for (ObservedDaemon.Kind kind : ObservedDaemon.Kind.values()) {
      Set<ResourceName> there = new TreeSet<>();
      observed.daemons().stream()
          .filter(daemon -> daemon.kind() == kind && daemon.runs())
          .forEach(daemon -> there.add(daemon.network()));
      if (kind == ObservedDaemon.Kind.SWITCH) {
        observed.ports().stream()
            .map(ObservedPort::daemon)
            .filter(Objects::nonNull)
            .forEach(there::add);
      }
      there.stream().filter(name -> !isWanted(kind, name, goals)).forEach(name -> end(kind, name));
    }
  }

  private boolean isWanted(
      ObservedDaemon.Kind kind, ResourceName name, Map<ResourceName, Goal> goals) {
    if (kind == ObservedDaemon.Kind.CAPTURE) {
      return isCaptured(name, goals);
    }
    Switch declared = desired.switches().get(name);
    return declared != null
        && switch (kind) {
          case SWITCH -> declared.hasDaemon();
          case NAMES -> declared.naming().served();
          case CAPTURE -> false;
        };
  }

  /** An instance that stays without a goal is left alone, and so is what runs for it. */
  private boolean isCaptured(ResourceName name, Map<ResourceName, Goal> goals) {
    Goal goal = goals.get(name);
    if (goal != null) {
      return DaemonLine.isCaptured(goal.record(), desired.switches());
    }
    return after.endings(name).isEmpty()
        && observed.instances().stream().anyMatch(seen -> seen.name().equals(name));
  }

  private void end(ObservedDaemon.Kind kind, ResourceName name) {
    List<String> moved = new ArrayList<>();
    for (ObservedInstance seen : observed.instances()) {
      if (kind == ObservedDaemon.Kind.SWITCH
          && seen.kernel() != null
          && new Connections(desired, observed, draft).isConnected(seen.kernel(), name)) {
        List<String> moves = after.endings(seen.name());
        if (moves.isEmpty()) {
          return; // An instance stays on it, so it stays, too.
        }
        moved.addAll(moves);
      }
    }
    List<InterfaceName> taps =
        observed.ports().stream()
            .filter(port -> kind == ObservedDaemon.Kind.SWITCH && name.equals(port.daemon()))
            .map(ObservedPort::tap)
            .toList();
    draft.add(
        new Change(
            DaemonChanges.id(Action.DELETE, kind, name),
            Action.DELETE,
            Kind.DAEMON,
            name,
            Owner.SITE,
            Cause.INTENDED,
            kind.program()
                + (kind == ObservedDaemon.Kind.CAPTURE ? ": instance " : ": switch ")
                + name
                + " does not ask for it any more",
            Disruption.NONE,
            List.of(),
            moved,
            List.of(),
            new Step.EndDaemon(kind, name, taps)));
  }
}
