package dev.fjord.plan;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The instances of a host once all changes of a plan have succeeded. It follows from the observed
 * state and from the steps alone, so whatever has a plan can make it.
 *
 * @param records the record of each instance, by its name after the plan, as its last change
 *     carries it: without the times that applying adds, and with a rebase that ends by itself; an
 *     instance whose record cannot be read has none
 * @param kernels the kernels that run on as they are, by the names of their instances
 * @param endings the ids of the changes after which the kernel of an instance does not run as it
 *     ran before, or its folder is gone, by the name that the instance has until then: a restart, a
 *     stop, a rename and a removal, in this order
 * @param gone the names that no longer have the instance that has them now
 */
public record HostAfterPlan(
    Map<ResourceName, InstanceRecord> records,
    Map<ResourceName, RunningKernel> kernels,
    Map<ResourceName, List<String>> endings,
    Set<ResourceName> gone) {
  public HostAfterPlan {
    records = Map.copyOf(records);
    kernels = Map.copyOf(kernels);
    endings = Map.copyOf(endings);
    gone = Set.copyOf(gone);
  }

  /** An end of how an instance was. */
  private record Ending(ResourceName instance, int rank, String change) {}

  /** The host after these changes, of which only those to instances count. */
  public static HostAfterPlan of(Observed observed, Collection<Change> changes) {
    List<Ending> all = endings(changes);
    Map<ResourceName, List<String>> endings = new HashMap<>();
    all.forEach(one ->
        endings.computeIfAbsent(one.instance(), none -> new ArrayList<>()).add(one.change()));
    Set<ResourceName> gone = new HashSet<>();
    for (Change change : changes) {
      if (change.step() instanceof Step.DeleteInstance leaving) {
        gone.add(leaving.name());
      } else if (change.step() instanceof Step.RenameInstance renamed) {
        gone.add(renamed.from());
      }
    }
    Map<ResourceName, InstanceRecord> records = new TreeMap<>();
    Map<ResourceName, RunningKernel> kernels = new HashMap<>();
    for (ObservedInstance seen : observed.instances()) {
      if (seen.record() != null && !gone.contains(seen.name())) {
        records.put(seen.name(), seen.record());
      }
      if (seen.kernel() != null && !endings.containsKey(seen.name())) {
        kernels.put(seen.name(), seen.kernel());
      }
    }
    for (Change change : changes) {
      if (change.step() instanceof Step.Recording step) {
        records.put(step.record().name(), step.record());
      }
    }
    return new HostAfterPlan(records, kernels, endings, gone);
  }

  private static List<Ending> endings(Collection<Change> changes) {
    List<Ending> endings = new ArrayList<>();
    for (Change change : changes) {
      String id = change.id();
      if (change.step() instanceof Step.RestartInstance
          || change.step() instanceof Step.RebaseInstance) {
        endings.add(new Ending(change.name(), 0, id));
      } else if (change.step() instanceof Step.StopInstance) {
        endings.add(new Ending(change.name(), 1, id));
      } else if (change.step() instanceof Step.RenameInstance renamed) {
        endings.add(new Ending(renamed.from(), 2, id));
      } else if (change.step() instanceof Step.DeleteInstance leaving) {
        endings.add(new Ending(leaving.name(), 3, id));
      }
    }
    endings.sort(Comparator.comparingInt(Ending::rank));
    return endings;
  }

  /** The changes that end an instance as it is now; empty where it stays. */
  public List<String> endings(ResourceName instance) {
    return endings.getOrDefault(instance, List.of());
  }
}
