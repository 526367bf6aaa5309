package dev.fjord.plan;

import dev.fjord.model.Desired;
import dev.fjord.model.Kernel;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import java.util.Map;

/** What an earlier revision asked for that is in no record beside the disks. */
public record PriorRevision(Map<ResourceName, Switch> switches, Map<ResourceName, Kernel> kernels) {
  public PriorRevision {
    switches = Map.copyOf(switches);
    kernels = Map.copyOf(kernels);
  }

  public static PriorRevision of(Desired desired) {
    return new PriorRevision(desired.switches(), desired.kernels());
  }
}
