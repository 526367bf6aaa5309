package dev.fjord.planner.network;

import dev.fjord.model.Daemon;
import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Lease;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Starts;
import dev.fjord.model.Switch;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.planner.draft.InstanceIds;
import dev.fjord.planner.draft.InstancePlan;
import dev.fjord.planner.draft.PriorState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Programs that run for switches: each that a switch needs runs as it should. */
public final class DaemonChanges {
  private final Desired desired;
  private final Observed observed;
  private final Draft draft;
  private final SwitchChanges switches;
  private final int uid;
  private final PriorState prior;
  private final Set<ResourceName> provided = new HashSet<>();

  private DaemonChanges(Inputs inputs, SwitchChanges switches) {
    this.desired = inputs.desired();
    this.observed = inputs.observed();
    this.prior = inputs.prior();
    this.uid = inputs.uids().last();
    this.switches = switches;
    this.draft = new Draft(switches.decisions());
  }

  /** Plans uml_switch(1) for each switch that is declared so, used or not. */
  public static DaemonChanges of(Inputs inputs, SwitchChanges switches) {
    DaemonChanges daemons = new DaemonChanges(inputs, switches);
    daemons.provideSwitches();
    return daemons;
  }

  private void provideSwitches() {
    for (Switch each : new TreeMap<>(desired.switches()).values()) {
      if (each.hasDaemon() && switches.provides(each.name()) && uidIsFree(each)) {
        Daemon daemon = DaemonLine.ofSwitch(each, observed.layout(), uid);
        if (run(draft, daemon, switches.idsOf(each.name()))) {
          provided.add(each.name());
        }
      }
    }
  }

  public Decisions decisions() {
    return draft.decisions();
  }

  /**
   * Plans dnsmasq(8) for each switch that asks for it.
   *
   * @param names what was decided on the names that it serves
   */
  public Decisions names(Decisions names) {
    Draft after = new Draft(switches.decisions(), names);
    for (Switch each : new TreeMap<>(desired.switches()).values()) {
      if (each.naming().served() && switches.provides(each.name())) {
        List<String> requires = new ArrayList<>(switches.idsOf(each.name()));
        requires.addAll(after.present(List.of(NamesChanges.SERVED)));
        run(
            after,
            DaemonLine.ofNames(each, observed.layout(), desired.switches().values()),
            requires);
      }
    }
    return after.decisions();
  }

  /**
   * Plans tcpdump(8) for each instance that runs and goes on running: the start of an instance
   * begins it by itself, before the first instruction.
   */
  public Decisions captures(InstancePlan instances, Collection<Goal> goals) {
    Draft captures = new Draft(switches.decisions(), instances.decisions());
    for (Goal goal : goals) {
      InstanceRecord record = goal.record();
      Daemon daemon = goal.seen() == null || goal.isRenamed() ? null : capture(record);
      if (daemon != null && instances.after().kernels().containsKey(record.name())) {
        List<String> requires = new ArrayList<>(SwitchChanges.ids(record));
        requires.add(InstanceIds.mendingPorts(record.name()));
        run(captures, daemon, captures.present(requires));
      }
    }
    return captures.decisions();
  }

  /** The tcpdump(8) of an instance; null where it asks for none. */
  public @Nullable Daemon capture(InstanceRecord record) {
    return DaemonLine.ofCapture(record, observed.layout(), desired.switches(), uid);
  }

  /** Whether every daemon that an instance needs runs, or will after this plan. */
  public boolean provides(InstanceRecord record) {
    return record.leases().stream()
        .map(lease -> desired.switches().get(lease.network()))
        .filter(Objects::nonNull)
        .allMatch(each -> !each.hasDaemon() || provided.contains(each.name()));
  }

  /** The changes of this plan that a start must wait for. */
  public static List<String> ids(InstanceRecord record) {
    return record.leases().stream().map(Lease::network).flatMap(n -> starts(n).stream()).toList();
  }

  public static List<String> starts(ResourceName name) {
    return List.of(
        id(Action.START, ObservedDaemon.Kind.SWITCH, name),
        id(Action.RESTART, ObservedDaemon.Kind.SWITCH, name));
  }

  /** The changes that put the ports of daemons back where they belong, and restart no instance. */
  static List<String> mended(InstanceRecord record) {
    return record.leases().stream()
        .map(lease -> id(Action.UPDATE, ObservedDaemon.Kind.SWITCH, lease.network()))
        .toList();
  }

  static String id(Action action, ObservedDaemon.Kind kind, ResourceName name) {
    return Change.id(action, Kind.DAEMON, name + "/" + kind.program());
  }

  private boolean uidIsFree(Switch each) {
    String holder =
        observed.instances().stream()
            .map(ObservedInstance::record)
            .filter(record -> record != null && record.uid() == uid)
            .map(record -> "instance " + record.name())
            .findFirst()
            .orElseGet(() ->
                observed.trash().stream()
                    .filter(trashed -> trashed.record().uid() == uid)
                    .map(trashed -> "trash/" + trashed.folder())
                    .findFirst()
                    .orElse(null));
    if (holder != null) {
      draft.refuse(
          "daemon-uid",
          Owner.SITE,
          "switch "
              + each.name()
              + " needs user id "
              + uid
              + ", the last of the Host's, for its uml_switch, and "
              + holder
              + " has it",
          "Write a larger 'count' in the Host's 'uids'.");
    }
    return holder == null;
  }

  /** False when it is not to be started yet. */
  private boolean run(Draft draft, Daemon daemon, List<String> requires) {
    ObservedDaemon seen = observed.daemon(daemon.kind(), daemon.network());
    String program = daemon.kind().program();
    if (seen == null || !seen.runs()) {
      Starts starts = seen == null ? Starts.NONE : seen.starts();
      boolean died = starts.failures() > 0;
      Instant notBefore = starts.notBefore();
      if (notBefore != null && observed.at().isBefore(notBefore)) {
        draft.refuse(
            "daemon-backoff",
            Owner.SITE,
            program
                + " of "
                + whose(daemon)
                + " ended "
                + starts.failures()
                + " times within a short time; the next try is due at "
                + notBefore,
            "What it said: " + observed.layout().daemons() + "/");
        return false;
      }
      String reason = died ? "it no longer runs" : whose(daemon) + " asks for it";
      add(draft, Action.START, daemon, reason, died ? Cause.CORRECTIVE : Cause.INTENDED, requires);
    } else if (!seen.settings().equals(daemon.settings())) {
      String reason = whose(daemon) + " asks for other settings of it";
      add(draft, Action.RESTART, daemon, reason, Cause.INTENDED, requires);
    } else if (!seen.answers()) {
      String reason =
          switch (daemon.kind()) {
            case SWITCH ->
                "it runs and does not answer: its socket or its tap is gone, or it is stopped";
            case NAMES -> "it runs and does not answer with the names that it was told of";
            case CAPTURE -> "it is stopped, or its folder is gone";
          };
      add(draft, Action.RESTART, daemon, reason, Cause.CORRECTIVE, requires);
    } else if (daemon.tap() != null && !isConnected(daemon.bridge(), daemon.tap())) {
      Switch before = prior.desired().switches().get(daemon.network());
      if (before == null || isConnected(before.bridge(), daemon.tap())) {
        String reason = "switch " + daemon.network() + " has another bridge";
        add(draft, Action.UPDATE, daemon, reason, Cause.INTENDED, requires);
      } else {
        add(draft, Action.UPDATE, daemon, "somebody changed its port", Cause.CORRECTIVE, requires);
      }
    }
    return true;
  }

  private static String whose(Daemon daemon) {
    boolean captures = daemon.kind() == ObservedDaemon.Kind.CAPTURE;
    return (captures ? "instance " : "switch ") + daemon.network();
  }

  private boolean isConnected(InterfaceName bridge, InterfaceName tap) {
    return observed.ports().stream()
        .filter(port -> port.tap().equals(tap))
        .anyMatch(port -> bridge.equals(port.bridge()) && port.up());
  }

  private static void add(
      Draft draft,
      Action action,
      Daemon daemon,
      String reason,
      Cause cause,
      List<String> requires) {
    draft.add(
        new Change(
            id(action, daemon.kind(), daemon.network()),
            action,
            Kind.DAEMON,
            daemon.network(),
            Owner.SITE,
            cause,
            daemon.kind().program() + ": " + reason,
            Disruption.NONE,
            List.of(),
            requires,
            List.of(),
            new Step.RunDaemon(daemon)));
  }

  /** The change after which the daemon of a switch is gone. */
  static String removal(ResourceName name) {
    return id(Action.DELETE, ObservedDaemon.Kind.SWITCH, name);
  }
}
