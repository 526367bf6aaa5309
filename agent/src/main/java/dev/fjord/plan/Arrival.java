package dev.fjord.plan;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Power;
import dev.fjord.model.TrashedInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instance that is not there yet: made, or brought back from the trash, and then started. */
record Arrival(Draft draft, Goal goal, List<String> moved, Step.@Nullable Launch launch) {

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
    Change arrives = goal.trashed() == null ? create(requires) : restore(goal.trashed(), requires);
    draft.add(arrives);
    if (launch != null && record.applied().power() != Power.STOPPED) {
      List<String> after = new ArrayList<>(InstanceChanges.supplies(draft, record));
      after.add(arrives.id());
      if (goal.trashed() != null && record.isBeingRebased()) {
        InstanceRecord before = goal.trashed().record();
        draft.add(InstanceChanges.rebase(goal, before, Disruption.NONE, after, launch));
        return;
      }
      draft.add(
          InstanceChanges.change(
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

  private Change create(List<String> requires) {
    InstanceRecord record = goal.record();
    List<String> after = new ArrayList<>(requires);
    after.addAll(draft.present(StoreChanges.imageIds(record)));
    return InstanceChanges.change(
        goal,
        Action.CREATE,
        Cause.INTENDED,
        "its document is new",
        Disruption.NONE,
        BootFields.changes(Map.of(), RecordFields.of(record)),
        after,
        new Step.CreateInstance(record));
  }

  private Change restore(TrashedInstance trashed, List<String> requires) {
    return InstanceChanges.change(
        goal,
        Action.RESTORE,
        Cause.INTENDED,
        "its document is back: its disks return from the trash",
        Disruption.NONE,
        BootFields.changes(RecordFields.of(trashed.record()), RecordFields.of(goal.record())),
        requires,
        new Step.RestoreInstance(trashed.folder(), arriving(trashed.record())));
  }

  /** With the root that it left with; what is carried over is so after that. */
  private InstanceRecord arriving(InstanceRecord before) {
    InstanceRecord record = goal.record();
    return record.isBeingRebased() && !record.hasRootOf(before)
        ? record.on(before.version()).withRebase(null)
        : record;
  }
}
