package dev.fjord.planner.instance;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Power;
import dev.fjord.model.TrashedInstance;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.InstanceIds;
import dev.fjord.planner.store.StoreChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An instance that is not there yet under its name: made, brought back from the trash, or renamed,
 * and then started.
 */
record NewInstance(
    Draft draft, Observed observed, Goal goal, List<String> moved, Step.@Nullable Launch launch) {

  void plan() {
    InstanceRecord record = goal.record();
    List<String> requires = new ArrayList<>(moved);
    if (goal.replaces()) {
      List<String> leaves =
          draft.present(List.of(Change.id(Action.DELETE, Kind.INSTANCE, goal.name().value())));
      if (leaves.isEmpty()) {
        draft.refuse(
            "name-taken",
            record.owner(),
            "instance " + goal.name() + " of another owner is still there",
            "It is made once the other one may leave.");
        return;
      }
      requires.addAll(leaves);
    }
    Change arrives = arrives(requires);
    draft.add(arrives);
    if (launch != null && record.applied().power() != Power.STOPPED) {
      List<String> after = new ArrayList<>(InstanceChange.supplies(draft, record));
      after.add(arrives.id());
      InstanceRecord before = goal.before();
      if (before != null && record.isBeingRebased()) {
        draft.add(InstanceChange.rebase(goal, before, Disruption.NONE, after, launch));
        return;
      }
      draft.add(
          InstanceChange.change(
              goal,
              Action.START,
              Cause.INTENDED,
              "its document asks for it",
              Disruption.NONE,
              List.of(),
              after,
              new Step.StartInstance(launch)));
    }
  }

  private Change arrives(List<String> requires) {
    if (goal.isRenamed()) {
      return rename(Objects.requireNonNull(goal.seen()), requires);
    }
    return goal.trashed() == null ? create(requires) : restore(goal.trashed(), requires);
  }

  /** Its folder, tap, group and notes bear its name, so a kernel that runs ends first. */
  private Change rename(ObservedInstance seen, List<String> moves) {
    InstanceRecord record = goal.record();
    InstanceRecord before = Objects.requireNonNull(seen.record());
    List<String> requires = new ArrayList<>(moves);
    if (StoppedInstance.needsLargerRoot(record, before)) {
      requires.addAll(InstanceChange.supplies(draft, record));
    }
    List<FieldChange> fields = new ArrayList<>();
    fields.add(new FieldChange("name", before.name().value(), record.name().value()));
    fields.addAll(BootFields.changes(RecordFields.of(before), RecordFields.of(record)));
    return new Change(
        InstanceIds.renaming(before.name()),
        Action.UPDATE,
        Kind.INSTANCE,
        record.name(),
        record.owner(),
        Cause.INTENDED,
        goal.moved() + "its disks, its addresses and its identity stay its own",
        StoppedInstance.losesDisk(record, before)
            ? Disruption.DATA
            : seen.kernel() == null ? Disruption.NONE : Disruption.RESTART,
        fields,
        requires,
        List.of(),
        new Step.RenameInstance(before.name(), arriving(before), Deletions.taps(before, observed)));
  }

  private Change create(List<String> requires) {
    InstanceRecord record = goal.record();
    List<String> after = new ArrayList<>(requires);
    after.addAll(draft.present(StoreChanges.imageIds(record)));
    if (record.applied().root() != null) {
      after.addAll(InstanceChange.supplies(draft, record)); // Its kernel grows the file system.
    }
    return InstanceChange.change(
        goal,
        Action.CREATE,
        Cause.INTENDED,
        "its document is new",
        Disruption.NONE,
        BootFields.changes(Map.of(), RecordFields.of(record)),
        after,
        new Step.CreateInstance(record));
  }

  private Change restore(TrashedInstance trashed, List<String> moves) {
    List<String> requires = new ArrayList<>(moves);
    if (StoppedInstance.needsLargerRoot(goal.record(), trashed.record())) {
      requires.addAll(InstanceChange.supplies(draft, goal.record()));
    }
    return InstanceChange.change(
        goal,
        Action.RESTORE,
        Cause.INTENDED,
        "its document is back: its disks return from the trash",
        Disruption.NONE,
        BootFields.changes(RecordFields.of(trashed.record()), RecordFields.of(goal.record())),
        requires,
        new Step.RestoreInstance(trashed.folder(), arriving(trashed.record())));
  }

  /** The record with the root that it left with; a root is carried over only after that. */
  private InstanceRecord arriving(InstanceRecord before) {
    InstanceRecord record = goal.record();
    return record.isBeingRebased() && !record.hasRootOf(before)
        ? record.on(before.version()).withRebase(null)
        : record;
  }
}
