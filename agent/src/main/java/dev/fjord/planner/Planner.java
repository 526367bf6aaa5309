package dev.fjord.planner;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Holder;
import dev.fjord.plan.HostAfterPlan;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Target;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.planner.draft.InstancePlan;
import dev.fjord.planner.draft.Sequence;
import dev.fjord.planner.instance.Admission;
import dev.fjord.planner.instance.Capacity;
import dev.fjord.planner.instance.DiskRoom;
import dev.fjord.planner.instance.GoalResolver;
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
import dev.fjord.planner.network.RouteChanges;
import dev.fjord.planner.network.SwitchChanges;
import dev.fjord.planner.store.StoreChanges;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes plans. Pure: equal arguments give equal plans. */
public final class Planner {
  private Planner() {}

  /**
   * What has to change on a host so that it has what a revision asks for.
   *
   * @param desired the revision; {@code target.host()} is one of its hosts
   * @param found problems that were found while the revision was loaded; the plan carries them
   */
  public static Plan plan(Desired desired, List<Problem> found, Observed observed, Target target) {
    Decisions told = Decisions.found(found).and(Decisions.found(observed.problems()));
    if (!desired.hosts().containsKey(target.host())) {
      return finished(told.and(unknownHost(desired, target)), target, List.of());
    }
    Decisions limited = Mtus.check(desired, observed);
    return plan(Inputs.of(Mtus.resolved(desired, observed), observed, target), told.and(limited));
  }

  /** The stages of a plan. Each takes what earlier ones have decided, and returns its decisions. */
  private static Plan plan(Inputs inputs, Decisions told) {
    Desired desired = inputs.desired();
    Observed observed = inputs.observed();
    Target target = inputs.target();
    // Which instances there are to be, and what each should come to.
    Admission admission = Admission.of(desired, observed, target);
    Decisions departures = admission.deletions().decide(inputs);
    GoalResolver resolved = GoalResolver.of(desired, observed, target, admission.wanted());
    Collection<Goal> all = resolved.all().values();
    Capacity capacity = Capacity.of(desired, observed, target, all);
    Map<ResourceName, Goal> goals = capacity.fitting();
    DiskRoom room = DiskRoom.of(desired, observed, target);
    // What these instances need is planned first.
    StoreChanges stores = StoreChanges.of(inputs, all, goals.values());
    SwitchChanges switches = SwitchChanges.of(inputs, goals.values());
    DaemonChanges daemons = DaemonChanges.of(inputs, switches);
    InstancePlan instances =
        InstanceChanges.plan(inputs, departures, stores, switches, daemons, room, goals);
    // This follows from the state of the host after that.
    FilterChanges.Result filters = FilterChanges.plan(inputs, switches, instances);
    Decisions routes = RouteChanges.plan(observed, switches, filters);
    Decisions conflicts = HostConflicts.find(inputs);
    Decisions names = NamesChanges.plan(inputs, named(goals, instances.after()));
    Decisions servers = daemons.names(names);
    Decisions captures = daemons.captures(instances, goals.values());
    Decisions endings = OrphanDaemons.plan(inputs, instances, goals);
    Decisions links = OrphanLinks.plan(inputs, instances, goals, endings);
    Decisions together =
        told.and(resolved.decisions(), stores.decisions(), switches.decisions())
            .and(daemons.decisions(), refusals(admission, capacity, room))
            .and(filters.before(instances.decisions()), filters.decisions())
            .and(routes, conflicts, names, servers, captures, endings, links);
    Decisions ordered = StartWaves.order(together, goals);
    List<ImageChange> images =
        new ImageChanges(ordered, instances.after(), observed, goals.values()).of(desired.images());
    return finished(ordered, target, images);
  }

  /** Why some of what is asked for is not granted, or stays as it is for now. */
  private static Decisions refusals(Admission admission, Capacity capacity, DiskRoom room) {
    Map<Holder, Refusal> refused = new HashMap<>(admission.refused());
    capacity.refused().forEach((name, why) -> refused.put(new Holder(name, why.owner()), why));
    Draft draft = new Draft();
    draft.refuse(refused.values());
    draft.refuse(admission.wanted().kept());
    admission.wanted().waiting().forEach(draft::await);
    room.problems().forEach(draft::report);
    return draft.decisions();
  }

  /**
   * The records that name instances: those of the goals, and of instances that stay as they are.
   */
  private static List<InstanceRecord> named(Map<ResourceName, Goal> goals, HostAfterPlan after) {
    List<InstanceRecord> records =
        new ArrayList<>(goals.values().stream().map(Goal::record).toList());
    after
        .records()
        .forEach((name, record) -> {
          if (!goals.containsKey(name)) {
            records.add(record);
          }
        });
    return records;
  }

  /** A refusal: nothing that is declared is done, and no run may report that as converged. */
  private static Decisions unknownHost(Desired desired, Target target) {
    Draft draft = new Draft();
    draft.refuse(
        "unknown-host",
        Owner.SITE,
        "this machine is host "
            + target.host()
            + ", and the repository declares "
            + (desired.hosts().isEmpty() ? "no host" : "only " + names(desired)),
        "Add hosts/" + target.host() + ".yaml, or set 'host' in the agent's settings.");
    return draft.decisions();
  }

  private static String names(Desired desired) {
    return desired.hosts().keySet().stream()
        .sorted()
        .map(ResourceName::value)
        .collect(Collectors.joining(", "));
  }

  /** A problem that two stages report in the same words is reported once. */
  private static Plan finished(Decisions decided, Target target, List<ImageChange> images) {
    return new Plan(
        target.host(),
        target.revision(),
        Sequence.of(decided.changes()),
        decided.refused().stream()
            .distinct()
            .sorted(Comparator.comparing(Refusal::summary))
            .toList(),
        decided.waiting().stream().sorted(Comparator.comparing(Waiting::instance)).toList(),
        images,
        decided.problems().stream().distinct().toList());
  }
}
