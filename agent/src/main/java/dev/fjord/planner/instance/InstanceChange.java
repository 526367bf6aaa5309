package dev.fjord.planner.instance;

import dev.fjord.model.Death;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Rebase;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.network.DaemonChanges;
import dev.fjord.planner.network.SwitchChanges;
import dev.fjord.planner.store.StoreChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** One change to one instance, and its reason. */
final class InstanceChange {
  private InstanceChange() {}

  /** Everything a start waits for, besides its own instance's changes. */
  static List<String> supplies(Draft draft, InstanceRecord record) {
    List<String> ids = new ArrayList<>(StoreChanges.ids(record));
    ids.addAll(SwitchChanges.ids(record));
    ids.addAll(DaemonChanges.ids(record));
    return draft.present(Set.copyOf(ids).stream().sorted().toList());
  }

  /** Carries a root over to another version and starts on it, or goes on where that was ended. */
  static Change rebase(
      Goal goal,
      InstanceRecord before,
      Disruption disruption,
      List<String> requires,
      Step.Launch launch) {
    InstanceRecord record = goal.record();
    Rebase rebase = Objects.requireNonNull(record.rebase());
    boolean begun = record.equals(before);
    return change(
        goal,
        Action.RESTART, // Also where it does not run: this change frees an address.
        begun ? Cause.RECOVERY : Cause.INTENDED,
        begun
            ? "it was carried over to " + rebase.to() + " and has not answered on it yet"
            : "its root is carried over from "
                + rebase.from()
                + " to "
                + rebase.to()
                + " ('onImageChange: rebase'): its own files are kept, the old root goes to the"
                + " trash; its volumes stay",
        disruption,
        BootFields.changes(RecordFields.of(before), RecordFields.of(record)),
        requires,
        new Step.RebaseInstance(record, launch));
  }

  /** Why a root comes back: the reason of the changes that do it. */
  static String putBack(InstanceRecord now) {
    Rebase rebase = Objects.requireNonNull(now.rebase());
    return "it did not work on "
        + rebase.to()
        + ": "
        + rebase.failure()
        + "; its root on "
        + rebase.from()
        + " comes back from the trash";
  }

  /** Why it has to be started, with how its kernel ended where that is known. */
  static String notRunning(ObservedInstance seen) {
    Death death = seen.downBy();
    return death == null
        ? "its kernel does not run"
        : "its kernel ended, seen at " + death.at() + ": " + death.summary();
  }

  static Change change(
      Goal goal,
      Action action,
      Cause cause,
      String reason,
      Disruption disruption,
      List<FieldChange> fields,
      List<String> requires,
      Step step) {
    return new Change(
        Change.id(action, Kind.INSTANCE, goal.name().value()),
        action,
        Kind.INSTANCE,
        goal.name(),
        goal.record().owner(),
        cause,
        reason,
        disruption,
        fields,
        requires,
        List.of(),
        Objects.requireNonNull(step));
  }
}
