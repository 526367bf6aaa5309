package dev.fjord.planner.instance;

import dev.fjord.model.Ailment;
import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Power;
import dev.fjord.model.RestartOrder;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Site;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Step;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.PriorState;
import dev.fjord.planner.network.Connections;
import dev.fjord.planner.network.DaemonChanges;
import dev.fjord.planner.network.PortChanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An instance whose kernel runs: it is left alone unless what it runs differs from the goal.
 *
 * @param then how it was to run by its record and the documents before this revision
 * @param order to restart it now; null for none
 */
record RunningInstance(
    Desired desired,
    Observed observed,
    Draft draft,
    PortChanges ports,
    Goal goal,
    ObservedInstance seen,
    List<String> moved,
    @Nullable KernelInvocation boot,
    @Nullable KernelInvocation then,
    Step.@Nullable Launch launch,
    DiskRoom room,
    @Nullable RestartOrder order) {

  void plan() {
    InstanceRecord record = goal.record();
    InstanceRecord before = Objects.requireNonNull(seen.record());
    if (record.applied().power() == Power.STOPPED) {
      stop(record, before);
      return;
    }
    if (boot == null || launch == null) {
      return; // What it lacks is reported elsewhere; it runs on as it is.
    }
    RunningDrift drift = new RunningDrift(desired, observed, record, seen);
    List<FieldChange> all = drift.fields(boot);
    boolean ordered =
        order != null && OrderedRestarts.isPossible(record, Objects.requireNonNull(seen.kernel()));
    List<FieldChange> fields = drift.canWait(all) && !ordered ? List.of() : all;
    List<FieldChange> lost =
        new Connections(desired, observed, draft)
            .lost(record, Objects.requireNonNull(seen.kernel()));
    boolean putBack = record.isPutBackFrom(before);
    // An instance that has lost the network loses nothing more by a restart, so it does not wait.
    boolean waits =
        !fields.isEmpty()
            && lost.isEmpty()
            && !putBack
            && !ordered
            && waits(record.applied().restart(), fields);
    InstanceRecord now = waits ? before : record;
    boolean starting = seen.isStarting();
    boolean goesOn = starting && fields.isEmpty() && record.hasRootOf(before);
    if (!waits
        && !goesOn
        && record.isBeingRebased()
        && (fields.isEmpty() || !record.hasRootOf(before))) {
      rebase(record, before, launch);
      return;
    }
    if (ordered && fields.isEmpty()) {
      anew(record, before, launch);
      return;
    }
    if (!fields.isEmpty() && !waits) {
      restart(record, before, fields, drift, launch);
      return;
    }
    if (!lost.isEmpty()) {
      reconnect(record, lost, launch);
      return;
    }
    if (starting) {
      return; // Its start sees to it; what it leaves is done by the run after that.
    }
    Ailment ailment = observed.ailments().get(goal.name());
    if (ailment != null && isRestartDue(ailment, record) && !waits && !waits(record)) {
      recover(record, before, ailment, launch);
      return;
    }
    if (fields.isEmpty() && !all.isEmpty()) {
      draft.await(
          new Waiting(
              goal.name(),
              record.owner(),
              Waiting.Until.NEXT_START,
              RunningDrift.waitsFor(all),
              all));
    }
    boolean paused = Objects.requireNonNull(seen.kernel()).paused();
    if (paused != (record.applied().power() == Power.PAUSED)) {
      turn(now, paused);
    } else if (!now.equals(before) || !Objects.requireNonNull(seen.kernel()).bounded()) {
      update(now, before);
    }
    ports.mend(now, before, Objects.requireNonNull(seen.kernel()));
  }

  private void rebase(InstanceRecord record, InstanceRecord before, Step.Launch ready) {
    List<String> requires = new ArrayList<>(moved);
    requires.addAll(InstanceChange.supplies(draft, record));
    Disruption disruption = record.hasRootOf(before) ? Disruption.NONE : Disruption.RESTART;
    Change rebase = InstanceChange.rebase(goal, before, disruption, requires, ready);
    draft.add(rebase.because(told(rebase.reason())));
  }

  private boolean waits(RestartPolicy policy, List<FieldChange> fields) {
    Waiting.Until until = until(policy, desired.site(), observed.at());
    if (until == null) {
      return false;
    }
    draft.await(
        new Waiting(
            goal.name(),
            goal.record().owner(),
            until,
            "a restart is needed and waits " + words(until) + " ('restart' of its document)",
            fields));
    return true;
  }

  /** What a restart waits for; null when it may be now. */
  static Waiting.@Nullable Until until(RestartPolicy policy, Site site, Instant now) {
    return switch (policy) {
      case NOW -> null;
      case WINDOW -> site.windowOpen(now) ? null : Waiting.Until.WINDOW;
      case NEXT_START -> Waiting.Until.NEXT_START;
    };
  }

  static String words(Waiting.Until until) {
    return until == Waiting.Until.WINDOW
        ? "for the next maintenance window"
        : "until it is started next";
  }

  /** Restarts it because that was ordered, and for no other reason. */
  private void anew(InstanceRecord record, InstanceRecord before, Step.Launch ready) {
    String change =
        record.equals(before) ? "" : goal.moved() + "its document changed, which needs no restart";
    again(record, Cause.INTENDED, change, Disruption.RESTART, List.of(), ready);
  }

  /** The reason, after the order where there is one. */
  private String told(String reason) {
    if (order == null) {
      return reason;
    }
    return reason.isEmpty() ? order.words() : order.words() + "; " + reason;
  }

  private void restart(
      InstanceRecord record,
      InstanceRecord before,
      List<FieldChange> fields,
      RunningDrift drift,
      Step.Launch ready) {
    boolean putBack = record.isPutBackFrom(before);
    boolean changed = !record.equals(before);
    boolean intended = changed || isIntended(before, fields);
    String names = fields.stream().map(FieldChange::path).collect(Collectors.joining(", "));
    String why =
        intended
            ? changed ? "its document changed: " : "a document that it depends on changed: "
            : fields.equals(drift.lostForGood())
                ? "somebody deleted its tap, and its kernel cannot take up a new one: "
                : "it does not run as it was applied: ";
    again(
        record,
        putBack ? Cause.ROLLBACK : intended ? Cause.INTENDED : Cause.CORRECTIVE,
        putBack
            ? InstanceChange.putBack(record)
            : goal.moved() + why + names + StoppedInstance.rootGoes(record, before),
        StoppedInstance.losesDisk(record, before) ? Disruption.DATA : Disruption.RESTART,
        fields,
        ready);
  }

  private boolean isIntended(InstanceRecord before, List<FieldChange> fields) {
    List<FieldChange> drift =
        then == null ? List.of() : new RunningDrift(desired, observed, before, seen).fields(then);
    return PriorState.cause(fields, drift) == Cause.INTENDED;
  }

  private void reconnect(InstanceRecord record, List<FieldChange> lost, Step.Launch ready) {
    boolean intended =
        record.leases().stream()
            .flatMap(lease -> draft.present(DaemonChanges.starts(lease.network())).stream())
            .map(draft::change)
            .anyMatch(change -> change != null && change.cause() == Cause.INTENDED);
    again(
        record,
        intended ? Cause.INTENDED : Cause.CORRECTIVE,
        "the uml_switch that it was connected to is gone, and a kernel connects at its start alone",
        Disruption.RESTART,
        lost,
        ready);
  }

  private void again(
      InstanceRecord record,
      Cause cause,
      String reason,
      Disruption disruption,
      List<FieldChange> fields,
      Step.Launch ready) {
    List<String> requires = new ArrayList<>(moved);
    requires.addAll(InstanceChange.supplies(draft, record));
    draft.add(
        InstanceChange.change(
            goal,
            Action.RESTART,
            cause,
            told(reason),
            disruption,
            fields,
            requires,
            new Step.RestartInstance(record, ready)));
  }

  /** A machine that hangs is restarted when its document allows that. */
  private boolean isRestartDue(Ailment ailment, InstanceRecord record) {
    RunningKernel kernel = Objects.requireNonNull(seen.kernel());
    return ailment.pid() == kernel.pid()
        && record.applied().power() == Power.RUNNING
        && !kernel.paused()
        && recovery(ailment).isDue();
  }

  private boolean waits(InstanceRecord record) {
    return waits(record.applied().restart(), List.of());
  }

  private Recovery recovery(Ailment ailment) {
    InstanceRecord record = goal.record();
    return new Recovery(
        observed,
        draft,
        room,
        goal.name(),
        record.owner(),
        record.applied().health().repair(),
        ailment);
  }

  private void recover(
      InstanceRecord record, InstanceRecord before, Ailment ailment, Step.Launch ready) {
    again(
        record,
        Cause.RECOVERY,
        recovery(ailment).reason() + StoppedInstance.rootGoes(record, before),
        StoppedInstance.losesDisk(record, before) ? Disruption.DATA : Disruption.RESTART,
        List.of(),
        ready);
  }

  private void stop(InstanceRecord record, InstanceRecord before) {
    boolean intended = !record.equals(before);
    draft.add(
        InstanceChange.change(
            goal,
            Action.STOP,
            intended ? Cause.INTENDED : Cause.CORRECTIVE,
            "its document says 'power: stopped'",
            Disruption.RESTART,
            List.of(new FieldChange("power", "running", "stopped")),
            moved,
            new Step.StopInstance(record)));
  }

  private void turn(InstanceRecord record, boolean paused) {
    String from = paused ? "paused" : "running";
    String to = paused ? "running" : "paused";
    boolean intended = !goal.record().equals(seen.record());
    draft.add(
        InstanceChange.change(
            goal,
            Action.UPDATE,
            intended ? Cause.INTENDED : Cause.CORRECTIVE,
            "its document says 'power: " + to + "'",
            Disruption.NONE,
            List.of(new FieldChange("power", from, to)),
            moved,
            paused ? new Step.ResumeInstance(record) : new Step.PauseInstance(record)));
  }

  private void update(InstanceRecord record, InstanceRecord before) {
    boolean intended = !record.equals(before);
    List<FieldChange> fields =
        new ArrayList<>(BootFields.changes(RecordFields.of(before), RecordFields.of(record)));
    if (!Objects.requireNonNull(seen.kernel()).bounded()) {
      fields.add(new FieldChange("bounds", null, Step.Bounds.of(record).toString()));
    }
    draft.add(
        InstanceChange.change(
            goal,
            Action.UPDATE,
            intended ? Cause.INTENDED : Cause.CORRECTIVE,
            intended
                ? goal.moved() + "its document changed; no restart is needed"
                : "its processes are not held to what it may take of the host",
            Disruption.NONE,
            fields,
            moved,
            new Step.UpdateInstance(record)));
  }
}
