package dev.fjord.planner;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.UidRange;
import dev.fjord.plan.Action;
import dev.fjord.plan.Change;
import dev.fjord.plan.Holder;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Target;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.InstanceIds;
import dev.fjord.planner.draft.PriorState;
import dev.fjord.planner.draft.Sequence;
import dev.fjord.planner.instance.Admission;
import dev.fjord.planner.instance.Capacity;
import dev.fjord.planner.instance.Deletions;
import dev.fjord.planner.instance.DiskRoom;
import dev.fjord.planner.instance.GoalResolver;
import dev.fjord.planner.instance.HandoverOrder;
import dev.fjord.planner.instance.ImageChanges;
import dev.fjord.planner.instance.InstanceChanges;
import dev.fjord.planner.instance.StartWaves;
import dev.fjord.planner.network.DaemonChanges;
import dev.fjord.planner.network.FilterChanges;
import dev.fjord.planner.network.HostConflicts;
import dev.fjord.planner.network.Mtus;
import dev.fjord.planner.network.NamesChanges;
import dev.fjord.planner.network.OrphanDaemons;
import dev.fjord.planner.network.OrphanLinks;
import dev.fjord.planner.network.PortChanges;
import dev.fjord.planner.network.RouteChanges;
import dev.fjord.planner.network.SwitchChanges;
import dev.fjord.planner.store.StoreChanges;
import dev.fjord.planner.store.VersionUpkeep;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes plans. Pure: equal arguments give equal plans. */
public final class Planner {
  private Planner() {}

  /**
   * What has to change on a host so that it has what a revision asks for.
   *
   * @param desired the revision; {@code target.host()} is one of its hosts
   * @param found problems that loading the revision told, taken over into the plan
   */
  public static Plan plan(Desired desired, List<Problem> found, Observed observed, Target target) {
    Draft draft = new Draft();
    draft.problems.addAll(found);
    draft.problems.addAll(observed.problems());
    if (!desired.hosts().containsKey(target.host())) {
      refuseUnknownHost(draft, desired, target);
      return finish(draft, target, List.of());
    }
    return plan(Mtus.resolved(desired, observed, draft), observed, target, draft);
  }

  private static Plan plan(Desired desired, Observed observed, Target target, Draft draft) {
    Admission admission = Admission.of(desired, observed, target);
    Deletions deletions = admission.deletions();
    if (deletions.within(desired, target)) {
      deletions.plan(draft, observed);
    } else {
      deletions.refuse(draft, desired);
    }
    Map<ResourceName, Goal> goals =
        GoalResolver.of(desired, observed, target, admission.wanted(), draft).all();
    PriorState prior = PriorState.of(desired, observed, target);
    SwitchChanges switches = new SwitchChanges(desired, observed, draft, prior);
    PortChanges ports = new PortChanges(desired, observed, draft, switches, prior);
    StoreChanges stores = new StoreChanges(desired, observed, draft);
    VersionUpkeep upkeep = VersionUpkeep.of(desired, observed, goals.values(), draft);
    upkeep.plan();
    stores.provideDeclared();
    switches.provideDeclared();
    UidRange uids = Objects.requireNonNull(desired.hosts().get(target.host())).uids();
    FilterChanges filters = new FilterChanges(desired, observed, uids, draft, switches);
    DaemonChanges daemons =
        new DaemonChanges(desired, observed, draft, switches, uids.last(), prior);
    daemons.provideSwitches();
    DiskRoom room = DiskRoom.of(desired, observed, target);
    InstanceChanges instances =
        new InstanceChanges(
            desired, observed, draft, stores, ports, filters, daemons, prior, room, target);
    Capacity capacity = Capacity.of(desired, observed, target, goals.values());
    Map<Holder, Refusal> refused = new HashMap<>(admission.refused());
    capacity.refused().forEach((name, why) -> refused.put(new Holder(name, why.owner()), why));
    draft.refused.addAll(refused.values());
    draft.problems.addAll(room.problems());
    draft.refused.addAll(admission.wanted().kept());
    draft.waiting.addAll(admission.wanted().waiting());
    Map<ResourceName, Goal> fitting = capacity.fitting();
    HandoverOrder.order(fitting).forEach(instances::plan);
    new RouteChanges(observed, draft, switches).plan(filters.plan());
    new HostConflicts(desired, observed, draft).tell(uids);
    Set<ResourceName> staying = staying(draft, observed, fitting.keySet());
    new NamesChanges(desired, observed, draft).plan(records(fitting.values(), observed, staying));
    daemons.provideNames();
    for (Goal goal : fitting.values()) {
      if (goal.seen() != null && !goal.isRenamed()) {
        daemons.provideCapture(goal.record(), goal.seen());
      }
    }
    new OrphanDaemons(desired, observed, draft).end(fitting);
    new OrphanLinks(desired, observed, draft).remove(fitting, staying);
    StartWaves.order(draft, fitting);
    List<ImageChange> images =
        new ImageChanges(draft, observed, fitting.values()).of(desired.images());
    return finish(draft, target, images);
  }

  private static List<InstanceRecord> records(
      Collection<Goal> goals, Observed observed, Set<ResourceName> staying) {
    List<InstanceRecord> records = new ArrayList<>(goals.stream().map(Goal::record).toList());
    for (ObservedInstance seen : observed.instances()) {
      if (staying.contains(seen.name()) && seen.record() != null) {
        records.add(seen.record());
      }
    }
    return records;
  }

  /** Instances that are there, that have no goal, and that do not leave. */
  private static Set<ResourceName> staying(
      Draft draft, Observed observed, Set<ResourceName> goals) {
    return observed.instances().stream()
        .map(ObservedInstance::name)
        .filter(name -> !goals.contains(name))
        .filter(name -> !draft.changes.containsKey(leaving(name)))
        .filter(name -> !draft.changes.containsKey(InstanceIds.renaming(name)))
        .collect(Collectors.toSet());
  }

  private static String leaving(ResourceName name) {
    return Change.id(Action.DELETE, Kind.INSTANCE, name.value());
  }

  /** A refusal, since nothing that is declared is done: no run calls that converged. */
  private static void refuseUnknownHost(Draft draft, Desired desired, Target target) {
    draft.refuse(
        "unknown-host",
        Owner.SITE,
        "this machine is host "
            + target.host()
            + ", and the repository declares "
            + (desired.hosts().isEmpty() ? "no host" : "only " + names(desired)),
        "Add hosts/" + target.host() + ".yaml, or set 'host' in the agent's settings.");
  }

  private static String names(Desired desired) {
    return desired.hosts().keySet().stream()
        .sorted()
        .map(ResourceName::value)
        .collect(Collectors.joining(", "));
  }

  private static Plan finish(Draft draft, Target target, List<ImageChange> images) {
    draft.refused.sort(Comparator.comparing(Refusal::summary));
    draft.waiting.sort(Comparator.comparing(Waiting::instance));
    return new Plan(
        target.host(),
        target.revision(),
        Sequence.of(draft.changes.values()),
        draft.refused,
        draft.waiting,
        images,
        draft.problems);
  }
}
