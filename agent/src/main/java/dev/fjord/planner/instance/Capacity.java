package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Host;
import dev.fjord.model.Image;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Target;
import dev.fjord.planner.draft.Goal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the Host may promise. An instance keeps what it has. New instances fit in or are refused.
 * Instances that want to grow fit in or stay as they are. What lies in the trash takes room from
 * new and growing instances alone.
 */
public final class Capacity {
  private final Desired desired;
  private final Host host;
  private final TrashContents trash;
  private final DiskRoom room;
  private final Map<ResourceName, Goal> fitting = new TreeMap<>();
  private final Map<ResourceName, Refusal> refused = new TreeMap<>();
  private Promised promised = new Promised(ByteSize.ZERO, ByteSize.ZERO);

  private Capacity(Desired desired, Observed observed, Target target) {
    this.desired = desired;
    this.trash = new TrashContents(observed);
    this.room = DiskRoom.of(desired, observed, target);
    this.host = Objects.requireNonNull(desired.hosts().get(target.host()));
  }

  public static Capacity of(
      Desired desired, Observed observed, Target target, Collection<Goal> goals) {
    Capacity capacity = new Capacity(desired, observed, target);
    List<Goal> byAge =
        goals.stream()
            .sorted(
                Comparator.comparing((Goal g) -> !runs(g))
                    .thenComparing(g -> g.seen() == null)
                    .thenComparing(Goal::name))
            .toList();
    byAge.forEach(capacity::letIn);
    return capacity;
  }

  /** The goals that fit, as far as they do. */
  public Map<ResourceName, Goal> fitting() {
    return fitting;
  }

  /** Why the other goals do not fit, or stay as they are. */
  public Map<ResourceName, Refusal> refused() {
    return refused;
  }

  /** Whether a document that is not among the goals would fit beside them. */
  boolean hasRoomFor(Instance document) {
    Goal there = fitting.get(document.name());
    Promised others = there == null ? promised : promised.without(there.record(), this);
    boolean grows =
        there == null
            || memory(document).compareTo(memory(there.record().applied())) > 0
            || disk(document).compareTo(disk(there.record().applied())) > 0;
    if (room.isScarce()
        && (there == null || disk(document).compareTo(disk(there.record().applied())) > 0)) {
      return false;
    }
    return !grows || others.and(document, this).with(trash.all()).isWithin(host);
  }

  /** Why a document has no room. */
  Refusal refusal(Instance instance) {
    if (room.isScarce()) {
      return new Refusal(
          "disk-filling",
          instance.owner(),
          "instance "
              + instance.name()
              + " asks for more disk, up to "
              + disk(instance)
              + " at worst, and "
              + room.words(),
          "Free some space or enlarge it; the next run tries again. 'watermarks' of the Host says"
              + " from when on nobody is promised more.");
    }
    return new Refusal(
        "capacity",
        instance.owner(),
        "instance "
            + instance.name()
            + " wants "
            + memory(instance)
            + " of memory and at worst "
            + disk(instance)
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
            + " of that are given away"
            + (trash.all().equals(ByteSize.ZERO)
                ? ""
                : ", and " + TrashContents.rounded(trash.all()) + " of disk lie in the trash"),
        "Make it smaller, stop another one, "
            + (trash.all().equals(ByteSize.ZERO) ? "" : "remove what nobody needs from the trash, ")
            + "or raise 'overcommit' in the Host's document.");
  }

  private void letIn(Goal goal) {
    Promised with = promised.and(goal.record().applied(), this);
    boolean isThere = goal.seen() != null;
    boolean fits =
        !(room.isScarce() && takesNewBytes(goal))
            && (isThere && !grows(goal) ? with : with.with(trash.without(goal.trashed())))
                .isWithin(host);
    Goal kept = !fits && grows(goal) ? goal.standing() : goal;
    boolean stays =
        isThere ? runs(goal) || promised.and(kept.record().applied(), this).isWithin(host) : fits;
    if (!fits && (!stays || grows(goal))) {
      refused.put(goal.name(), refusal(goal.record().applied()));
    }
    if (stays) {
      promised = promised.and(kept.record().applied(), this);
      fitting.put(kept.name(), kept);
    }
  }

  /** What was promised to some instances. */
  private record Promised(ByteSize memory, ByteSize disk) {
    Promised and(Instance instance, Capacity capacity) {
      return new Promised(
          memory.plus(Capacity.memory(instance)), disk.plus(capacity.disk(instance)));
    }

    Promised without(InstanceRecord record, Capacity capacity) {
      Instance instance = record.applied();
      return new Promised(
          memory.lessOrZero(Capacity.memory(instance)), disk.lessOrZero(capacity.disk(instance)));
    }

    Promised with(ByteSize trash) {
      return new Promised(memory, disk.plus(trash));
    }

    boolean isWithin(Host host) {
      return memory.compareTo(host.promisableMemory()) <= 0
          && disk.compareTo(host.promisableDisk()) <= 0;
    }
  }

  /** Whether it asks for more than it was promised. */
  private boolean grows(Goal goal) {
    InstanceRecord before = goal.seen() == null ? null : goal.seen().record();
    Instance wanted = goal.record().applied();
    return before != null
        && (memory(wanted).compareTo(memory(before.applied())) > 0
            || disk(wanted).compareTo(disk(before.applied())) > 0);
  }

  /** An instance that comes back out of the trash takes no new bytes. */
  private boolean takesNewBytes(Goal goal) {
    InstanceRecord before = goal.seen() == null ? null : goal.seen().record();
    return before == null
        ? goal.seen() == null && goal.trashed() == null
        : disk(goal.record().applied()).compareTo(disk(before.applied())) > 0;
  }

  private static boolean runs(Goal goal) {
    return goal.seen() != null && goal.seen().kernel() != null;
  }

  private static ByteSize memory(Instance instance) {
    return instance.power() == Power.STOPPED ? ByteSize.ZERO : instance.memory();
  }

  private ByteSize disk(Instance instance) {
    if (instance.root() != null) {
      return instance.disk().plus(instance.root());
    }
    Image image = desired.images().get(instance.image());
    return image == null ? instance.disk() : instance.disk().plus(image.size());
  }
}
