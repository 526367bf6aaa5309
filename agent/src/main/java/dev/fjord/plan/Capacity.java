package dev.fjord.plan;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Host;
import dev.fjord.model.Image;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the Host may promise. Who has something keeps it; newcomers fit in or are refused, and so
 * are those who want to grow: they stay as they are.
 */
record Capacity(Desired desired, Target target, Draft draft) {
  /** The goals that fit, as far as they do. */
  List<Goal> fitting(Collection<Goal> goals) {
    Host host = Objects.requireNonNull(desired.hosts().get(target.host()));
    Promised promised = new Promised(ByteSize.ZERO, ByteSize.ZERO);
    Map<ResourceName, Goal> fitting = new TreeMap<>();
    List<Goal> byAge =
        goals.stream()
            .sorted(
                Comparator.comparing((Goal g) -> !runs(g))
                    .thenComparing(g -> g.seen() == null)
                    .thenComparing(Goal::name))
            .toList();
    for (Goal goal : byAge) {
      boolean fits = promised.and(goal, this).isWithin(host);
      Goal kept = !fits && grows(goal) ? goal.standing() : goal;
      boolean stays = runs(goal) || promised.and(kept, this).isWithin(host);
      if (!fits && (!stays || grows(goal))) {
        refuse(goal, host, promised);
      }
      if (stays) {
        promised = promised.and(kept, this);
        fitting.put(goal.name(), kept);
      }
    }
    return List.copyOf(fitting.values());
  }

  /** What is given away to some. */
  private record Promised(ByteSize memory, ByteSize disk) {
    Promised and(Goal goal, Capacity capacity) {
      InstanceRecord record = goal.record();
      return new Promised(memory.plus(Capacity.memory(record)), disk.plus(capacity.disk(record)));
    }

    boolean isWithin(Host host) {
      return memory.compareTo(host.promisableMemory()) <= 0
          && disk.compareTo(host.promisableDisk()) <= 0;
    }
  }

  /** Whether it asks for more than it was promised. */
  private boolean grows(Goal goal) {
    InstanceRecord before = goal.seen() == null ? null : goal.seen().record();
    return before != null
        && (memory(goal.record()).compareTo(memory(before)) > 0
            || disk(goal.record()).compareTo(disk(before)) > 0);
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

  private void refuse(Goal goal, Host host, Promised promised) {
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
            + promised.memory()
            + " and "
            + promised.disk()
            + " of that are given away",
        "Make it smaller, stop another one, or raise 'overcommit' in the Host's document.");
  }
}
