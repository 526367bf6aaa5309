package dev.fjord.plan;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Host;
import dev.fjord.model.Image;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Power;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What the Host may promise. Who has something keeps it; newcomers fit in or are refused. */
record Capacity(Desired desired, Target target, Draft draft) {

  /** The goals that fit. */
  List<Goal> fitting(Collection<Goal> goals) {
    Host host = Objects.requireNonNull(desired.hosts().get(target.host()));
    ByteSize memory = ByteSize.ZERO;
    ByteSize disk = ByteSize.ZERO;
    Set<Goal> refused = new HashSet<>();
    List<Goal> byAge =
        goals.stream()
            .sorted(
                Comparator.comparing((Goal g) -> !runs(g))
                    .thenComparing(g -> g.seen() == null)
                    .thenComparing(Goal::name))
            .toList();
    for (Goal goal : byAge) {
      ByteSize newMemory = memory.plus(memory(goal.record()));
      ByteSize newDisk = disk.plus(disk(goal.record()));
      boolean fits =
          newMemory.compareTo(host.promisableMemory()) <= 0
              && newDisk.compareTo(host.promisableDisk()) <= 0;
      if (fits || goal.seen() != null && goal.seen().kernel() != null) {
        memory = newMemory;
        disk = newDisk;
      } else {
        refused.add(goal);
        refuse(goal, host, memory, disk);
      }
    }
    return goals.stream().filter(goal -> !refused.contains(goal)).toList();
  }

  private static boolean runs(Goal goal) {
    return goal.seen() != null && goal.seen().kernel() != null;
  }

  private static ByteSize memory(InstanceRecord record) {
    return record.applied().power() == Power.STOPPED ? ByteSize.ZERO : record.applied().memory();
  }

  private ByteSize disk(InstanceRecord record) {
    Instance instance = record.applied();
    Image image = desired.images().get(instance.image());
    return image == null ? instance.disk() : instance.disk().plus(image.size());
  }

  private void refuse(Goal goal, Host host, ByteSize memory, ByteSize disk) {
    InstanceRecord record = goal.record();
    draft.refuse(
        "capacity",
        record.owner(),
        "instance "
            + record.name()
            + " wants "
            + memory(record)
            + " of memory and at worst "
            + disk(record)
            + " of disk; host "
            + host.name()
            + " may promise "
            + host.promisableMemory()
            + " and "
            + host.promisableDisk()
            + ", and "
            + memory
            + " and "
            + disk
            + " of that are given away",
        "Make it smaller, stop another one, or raise 'overcommit' in the Host's document.");
  }
}
