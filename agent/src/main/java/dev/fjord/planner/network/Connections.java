package dev.fjord.planner.network;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.plan.FieldChange;
import dev.fjord.planner.draft.Draft;
import java.util.ArrayList;
import java.util.List;

/**
 * Which kernels are connected to the uml_switch(1) of a switch, and which have lost that
 * connection.
 */
public record Connections(Desired desired, Observed observed, Draft draft) {

  /**
   * The connections that a running kernel has lost, or loses in this plan, as fields. A kernel
   * connects to uml_switch(1) once, when it is started (daemon_user_init); only a guest that takes
   * its interface down could be connected again.
   */
  public List<FieldChange> lost(InstanceRecord record, RunningKernel kernel) {
    List<FieldChange> lost = new ArrayList<>();
    for (int i = 0; i < record.leases().size(); i++) {
      ResourceName name = record.leases().get(i).network();
      ObservedDaemon seen = observed.daemon(ObservedDaemon.Kind.SWITCH, name);
      boolean another =
          seen != null && seen.runs()
              ? kernel.started().isBefore(seen.started())
              : !desired.hasDaemon(name); // It is not started again when it is not asked for.
      boolean starts = !draft.present(DaemonChanges.starts(name)).isEmpty();
      if (isConnected(kernel, name) && (another || starts)) {
        lost.add(
            new FieldChange("network." + i + ".connection", "lost", "to uml_switch of " + name));
      }
    }
    return lost;
  }

  boolean isConnected(RunningKernel kernel, ResourceName name) {
    String socket = ",unix," + observed.layout().switchSocket(name);
    return kernel.boot().arguments().stream().anyMatch(word -> word.endsWith(socket));
  }
}
