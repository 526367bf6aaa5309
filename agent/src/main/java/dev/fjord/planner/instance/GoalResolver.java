package dev.fjord.planner.instance;

import dev.fjord.model.Desired;
import dev.fjord.model.Digest;
import dev.fjord.model.Identity;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Kernel;
import dev.fjord.model.Lease;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.PortForward;
import dev.fjord.model.ResourceName;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.UidRange;
import dev.fjord.plan.Holder;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Target;
import dev.fjord.planner.address.AllocationRefused;
import dev.fjord.planner.address.Allocator;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns wanted instances into records: identities, user ids, leases, versions. */
public final class GoalResolver {
  private final Desired desired;
  private final Target target;
  private final EffectiveInstances wanted;
  private final Draft draft = new Draft();
  private final Allocator allocator;
  private final RootSize sizes;
  private final Map<ResourceName, ObservedInstance> there;
  private final Map<ResourceName, List<TrashedInstance>> trash;
  private final Map<ResourceName, Goal> goals = new TreeMap<>();

  private GoalResolver(
      Desired desired, Observed observed, Target target, EffectiveInstances wanted) {
    this.desired = desired;
    this.target = target;
    this.wanted = wanted;
    this.sizes = new RootSize(desired, observed);
    UidRange uids = Objects.requireNonNull(desired.hosts().get(target.host())).uids();
    this.allocator = new Allocator(desired, observed, uids, holders(wanted));
    this.there =
        observed.instances().stream()
            .collect(Collectors.toMap(ObservedInstance::name, Function.identity()));
    this.trash = observed.trash().stream().collect(Collectors.groupingBy(t -> t.record().name()));
  }

  private static Map<Holder, Holder> holders(EffectiveInstances wanted) {
    Map<Holder, Holder> renamed = new HashMap<>();
    wanted
        .renamed()
        .forEach((name, record) ->
            renamed.put(
                Holder.of(record),
                Holder.of(Objects.requireNonNull(wanted.instances().get(name)))));
    return renamed;
  }

  /** One goal for each wanted instance that may have one; the others are refused. */
  public static GoalResolver of(
      Desired desired, Observed observed, Target target, EffectiveInstances wanted) {
    GoalResolver goals = new GoalResolver(desired, observed, target, wanted);
    goals.settle();
    return goals;
  }

  /** Why some instances have no goal, or another one than their document says. */
  public Decisions decisions() {
    return draft.decisions();
  }

  /** All goals, by the names of the instances. */
  public Map<ResourceName, Goal> all() {
    return Collections.unmodifiableMap(goals);
  }

  /** Why a document could not have what it asks for beside these goals; null when it could. */
  @Nullable AllocationRefused hindrance(Instance document) {
    try {
      refuseTakenPorts(document);
      allocator.refuseIfHeld(document);
      return null;
    } catch (AllocationRefused refused) {
      return refused;
    }
  }

  private void settle() {
    Set<Instance> naming = new HashSet<>(wanted.open());
    naming.addAll(wanted.instances().values());
    allocator.reserve(naming);
    List<Instance> open = new ArrayList<>(wanted.instances().values());
    // An address may come free only when its holder has found another one, so this goes round until
    // no instance gets any further. Those that hold something already go first, so that none loses
    // it.
    open.sort(Comparator.comparing((Instance i) -> seen(i) == null).thenComparing(Instance::name));
    goRound(open);
    if (!open.isEmpty()) {
      // An instance that is refused one thing keeps no other one from the rest that it names.
      open.forEach(naming::remove);
      allocator.reserve(naming);
    }
    Map<ResourceName, AllocationRefused> stuck = goRound(open);
    open.forEach(instance -> giveUp(instance, Objects.requireNonNull(stuck.get(instance.name()))));
  }

  /** Removes from {@code open} the instances that get a goal, and returns why the others do not. */
  private Map<ResourceName, AllocationRefused> goRound(List<Instance> open) {
    Map<ResourceName, AllocationRefused> stuck = new TreeMap<>();
    int before;
    do {
      before = open.size();
      stuck.clear();
      open.removeIf(instance -> tryGoal(instance, stuck));
    } while (open.size() < before && !open.isEmpty());
    return stuck;
  }

  private boolean tryGoal(Instance instance, Map<ResourceName, AllocationRefused> stuck) {
    ObservedInstance seen = seen(instance);
    if (seen != null && seen.record() == null) {
      return true; // Without a readable record it is left alone; the observation has reported it.
    }
    InstanceRecord standing = wanted.standing().get(instance.name());
    if (standing != null) {
      goals.put(instance.name(), new Goal(standing, seen, null, false, Set.of()));
      return true;
    }
    try {
      goals.put(instance.name(), goal(instance, seen));
      return true;
    } catch (AllocationRefused refused) {
      stuck.put(instance.name(), refused);
      return false;
    }
  }

  private Goal goal(Instance instance, @Nullable ObservedInstance seen) throws AllocationRefused {
    TrashedInstance trashed = seen == null ? trashed(instance) : null;
    InstanceRecord before =
        seen != null ? seen.record() : trashed == null ? null : trashed.record();
    Identity identity =
        before != null ? before.identity() : allocator.identity(target.host(), instance);
    refuseTakenPorts(instance);
    int uid = before != null ? before.uid() : allocator.freeUid();
    List<Lease> leases = allocator.leases(instance, identity, before);
    if (before != null) {
      allocator.release(before, leases);
    }
    allocator.take(uid);
    Instance settled = new DiskConstraints(draft, before, seen).settle(instance);
    RootVersion rootVersion =
        RootVersion.of(
            draft, desired, settled, before, before != null && unchanged(settled, before));
    sizes.refuseToShrink(draft, instance, rootVersion.version(), before);
    InstanceRecord record =
        new InstanceRecord(
            identity,
            uid,
            leases,
            rootVersion.version().digest(),
            kernel(settled),
            target.revision(),
            settled
                .withDisks(rootVersion.version().image(), settled.volumes())
                .withRoot(sizes.of(settled.root(), rootVersion.version(), before)),
            rootVersion.rebase(),
            before == null ? List.of() : before.leftFor(leases));
    if (before != null && record.withRevision("").equals(before.withRevision(""))) {
      record = before; // A commit that does not concern an instance leaves its record alone.
    }
    Set<ResourceName> releasers = allocator.releasers(instance.name(), leases);
    return new Goal(record, seen, trashed, replaces(instance), releasers);
  }

  /**
   * An instance that stays as it is keeps its ports of the host, whatever the revision says
   * meanwhile.
   */
  private void refuseTakenPorts(Instance instance) throws AllocationRefused {
    for (InstanceRecord record : wanted.standing().values()) {
      if (record.name().equals(instance.name())) {
        continue;
      }
      for (PortForward port : record.applied().forwards()) {
        if (instance.forwards().stream().anyMatch(port::isSamePort)) {
          throw new AllocationRefused(
              "port %d of the host leads to instance %s of %s, which stays as it is"
                  .formatted(port.host(), record.name(), record.owner()),
              "Ask for another port.");
        }
      }
    }
  }

  private void giveUp(Instance instance, AllocationRefused why) {
    draft.refuse(refusal(instance, why));
    ObservedInstance seen = seen(instance);
    if (seen != null && seen.record() != null) {
      goals.put(seen.name(), new Goal(seen.record(), seen, null, false, Set.of()));
    }
  }

  static Refusal refusal(Instance instance, AllocationRefused why) {
    return new Refusal(
        "addresses",
        instance.owner(),
        "instance " + instance.name() + ": " + why.getMessage(),
        why.hint());
  }

  private boolean unchanged(Instance settled, InstanceRecord before) {
    return kernel(settled).equals(before.kernel())
        && settled
            .withDisks(before.applied().image(), settled.volumes())
            .withRoot(sizes.of(settled.root(), before.version(), before))
            .equals(before.applied());
  }

  private Digest kernel(Instance instance) {
    Kernel kernel = Objects.requireNonNull(desired.kernels().get(instance.kernel()));
    return kernel.sha256();
  }

  /** The instance as it is; not one of another owner that has the same name. */
  private @Nullable ObservedInstance seen(Instance instance) {
    InstanceRecord former = wanted.renamed().get(instance.name());
    if (former != null) {
      return there.get(former.name());
    }
    ObservedInstance seen = there.get(instance.name());
    return seen == null || isOthers(seen, instance) ? null : seen;
  }

  private boolean replaces(Instance instance) {
    ObservedInstance seen = there.get(instance.name());
    return seen != null
        && isOthers(seen, instance)
        && !wanted.renamed().containsKey(instance.name());
  }

  private static boolean isOthers(ObservedInstance seen, Instance instance) {
    return seen.record() != null && !seen.record().owner().equals(instance.owner());
  }

  private @Nullable TrashedInstance trashed(Instance instance) {
    return trash.getOrDefault(instance.name(), List.of()).stream()
        .filter(trashed -> trashed.record().owner().equals(instance.owner()))
        .max(Comparator.comparing(TrashedInstance::folder))
        .orElse(null);
  }
}
