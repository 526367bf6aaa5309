package dev.fjord.planner.instance;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Kernel;
import dev.fjord.model.KernelCommandLine;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredKernel;
import dev.fjord.plan.Action;
import dev.fjord.plan.Change;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.planner.draft.InstanceIds;
import dev.fjord.planner.draft.InstancePlan;
import dev.fjord.planner.network.DaemonChanges;
import dev.fjord.planner.network.FilterChanges;
import dev.fjord.planner.network.PortChanges;
import dev.fjord.planner.network.SwitchChanges;
import dev.fjord.planner.store.StoreChanges;
import dev.fjord.problem.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plans what is to happen, one instance after another. Those that are to give an address up come
 * first.
 */
public final class InstanceChanges {
  private final Inputs inputs;
  private final Desired desired;
  private final Observed observed;
  private final StoreChanges stores;
  private final DaemonChanges daemons;
  private final DiskRoom room;
  private final Draft draft;
  private final PortChanges ports;

  private InstanceChanges(
      Inputs inputs,
      Decisions departures,
      StoreChanges stores,
      SwitchChanges switches,
      DaemonChanges daemons,
      DiskRoom room) {
    this.inputs = inputs;
    this.desired = inputs.desired();
    this.observed = inputs.observed();
    this.stores = stores;
    this.daemons = daemons;
    this.room = room;
    this.draft =
        new Draft(departures, stores.decisions(), switches.decisions(), daemons.decisions());
    this.ports = new PortChanges(inputs, switches, draft);
  }

  /**
   * Plans what brings instances to their goals.
   *
   * @param departures what was decided on instances that leave
   * @param goals those that the host has room for
   */
  public static InstancePlan plan(
      Inputs inputs,
      Decisions departures,
      StoreChanges stores,
      SwitchChanges switches,
      DaemonChanges daemons,
      DiskRoom room,
      Map<ResourceName, Goal> goals) {
    InstanceChanges instances =
        new InstanceChanges(inputs, departures, stores, switches, daemons, room);
    HandoverOrder.order(goals).forEach(instances::plan);
    Decisions decisions = departures.and(instances.draft.decisions());
    return InstancePlan.of(inputs, decisions);
  }

  private void plan(Goal goal) {
    InstanceRecord record = goal.record();
    boolean stored = stores.supplies(record);
    boolean connected =
        ports.allow(record)
            && FilterChanges.allow(inputs, record, draft)
            && daemons.provides(record);
    if (makesRoot(goal) && stores.isImageChanged(record)) {
      return; // An alarm says why: no root is made on bytes that are not what they should be.
    }
    KernelInvocation boot = boot(record, desired);
    if (boot != null && boot.length() > KernelInvocation.LONGEST_COMMAND_LINE) {
      draft.refuse(
          "command-line",
          record.owner(),
          "instance "
              + record.name()
              + " needs a kernel command line of "
              + boot.length()
              + " characters; a kernel takes "
              + KernelInvocation.LONGEST_COMMAND_LINE,
          "Give it fewer or shorter authorizedKeys, volumes or interfaces.");
      return;
    }
    if (lacksModule(record)) {
      return;
    }
    List<String> moved = releases(goal);
    if (moved == null) {
      return;
    }
    if (goal.before() != null && makesRoot(goal)) {
      moved.addAll(draft.present(StoreChanges.imageIds(record)));
    }
    Step.Launch launch = boot != null && stored && connected ? launch(record, boot) : null;
    ObservedInstance seen = goal.seen();
    if (seen == null) {
      new NewInstance(draft, observed, goal, moved, launch).plan();
    } else if (goal.isRenamed()) {
      boolean starts = launch != null || record.applied().power() == Power.STOPPED;
      // A running instance is not ended where it could not start under its new name; a refusal says
      // why.
      if ((starts || seen.kernel() == null)
          && new StoppedInstance(desired, draft, observed, goal, seen, moved, launch)
              .disksAreThere()) {
        new NewInstance(draft, observed, goal, moved, launch).plan();
      }
    } else if (seen.kernel() == null) {
      new StoppedInstance(desired, draft, observed, goal, seen, moved, launch).plan();
    } else {
      KernelInvocation then =
          seen.record() == null ? null : boot(seen.record(), inputs.prior().desired());
      new RunningInstance(
              desired,
              observed,
              draft,
              ports,
              goal,
              seen,
              moved,
              boot,
              then,
              launch,
              room,
              inputs.target().order(goal.name()))
          .plan();
    }
  }

  /** The modules of a kernel that is not stored yet are unknown: the start finds out. */
  private boolean lacksModule(InstanceRecord record) {
    StoredKernel kernel =
        observed.kernels().stream()
            .filter(one -> one.name().equals(record.applied().kernel()))
            .filter(one -> one.digest().equals(record.kernel()))
            .findFirst()
            .orElse(null);
    String missing =
        kernel == null
            ? null
            : record.applied().guest().modules().stream()
                .filter(name -> !kernel.modules().contains(name))
                .findFirst()
                .orElse(null);
    if (kernel == null || missing == null) {
      return false;
    }
    String nearest = Nearest.hint(missing, Nearest.beginningAlike(missing, kernel.modules()));
    draft.refuse(
        "modules",
        record.owner(),
        "instance "
            + record.name()
            + " asks for the module '"
            + missing
            + "', and its kernel "
            + kernel.name()
            + "@"
            + kernel.digest().brief()
            + (kernel.modules().isEmpty() ? " has no modules here" : " has none of that name"),
        kernel.modules().isEmpty()
            ? "Take the kernel from its Debian package ('fjord help digest'), which has them."
            : nearest == null
                ? "What is built into a kernel is no module. Leave it out, or take another Kernel."
                : nearest);
    return true;
  }

  /**
   * How its kernel is started, as documents ask for it; null when one of its switches is missing.
   */
  private @Nullable KernelInvocation boot(InstanceRecord record, Desired asked) {
    Kernel kernel = asked.kernels().get(record.applied().kernel());
    boolean raid6 = kernel != null && kernel.raid6();
    return KernelCommandLine.of(record, observed.layout(), asked.switches(), raid6);
  }

  private static boolean makesRoot(Goal goal) {
    InstanceRecord before = goal.before();
    return before == null
        || getsAnotherRoot(goal)
        || StoppedInstance.needsLargerRoot(goal.record(), before);
  }

  private static boolean getsAnotherRoot(Goal goal) {
    InstanceRecord before =
        goal.seen() != null
            ? goal.seen().record()
            : goal.trashed() == null ? null : goal.trashed().record();
    return before != null && !goal.record().hasRootOf(before);
  }

  /**
   * The changes that free its addresses; null, after a refusal, when one of them is not to happen
   * now.
   */
  private @Nullable List<String> releases(Goal goal) {
    List<String> ids = new ArrayList<>();
    for (ResourceName releaser : goal.releasers()) {
      List<String> change = draft.present(changesOf(releaser));
      if (change.isEmpty()) {
        draft.refuse(
            "addresses",
            goal.record().owner(),
            "instance "
                + goal.name()
                + " asks for an address that instance "
                + releaser
                + " still answers on",
            "It is given once " + releaser + " has moved to its own new address.");
        return null;
      }
      ids.addAll(change);
      // The host's neighbour table forgets the last holder before it learns the next.
      ids.addAll(draft.present(List.of(InstanceIds.mendingPorts(releaser))));
    }
    return ids;
  }

  private static List<String> changesOf(ResourceName name) {
    List<String> ids = new ArrayList<>(InstanceIds.moving(name));
    ids.add(Change.id(Action.UPDATE, Kind.INSTANCE, name.value()));
    ids.add(Change.id(Action.RESTORE, Kind.INSTANCE, name.value()));
    return ids;
  }

  private Step.Launch launch(InstanceRecord record, KernelInvocation boot) {
    return new Step.Launch(
        record.name(),
        record.applied().kernel(),
        record.kernel(),
        record.applied().image(),
        record.base(),
        record.uid(),
        boot,
        ports.steps(record),
        record.applied().power() == Power.PAUSED,
        Step.Bounds.of(record),
        daemons.capture(record));
  }
}
