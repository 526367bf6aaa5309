package dev.fjord.planner.instance;

import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Holder;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Target;
import dev.fjord.planner.address.AllocationRefused;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which documents could be granted at all, so that the others claim no name, no address,
 * no port and no room. Each round makes a plan's goals without the documents that were barred so
 * far; the rounds end when no more are found.
 *
 * @param wanted what is left to be done, within the deletion budget
 * @param deletions what would leave
 * @param refused why documents were left out
 */
public record Admission(
    EffectiveInstances wanted, Deletions deletions, Map<Holder, Refusal> refused) {

  public static Admission of(Desired desired, Observed observed, Target target) {
    return new Rounds(desired, observed, target).last();
  }

  /** What is left beside the goals of a round. */
  private record Room(GoalResolver goals, Capacity capacity, TrashQuota trash) {
    /**
     * Why a document could not be granted even though no other one contended; null when it could.
     */
    @Nullable Refusal hindrance(Instance document) {
      AllocationRefused held = goals.hindrance(document);
      if (held != null) {
        return GoalResolver.refusal(document, held);
      }
      return capacity.hasRoomFor(document) ? trash.hindrance(document) : capacity.refusal(document);
    }
  }

  private static final class Rounds {
    private final Desired desired;
    private final Observed observed;
    private final Target target;
    private final Map<Instance, Refusal> barred = new HashMap<>();
    private final Set<Instance> triedAgain = new HashSet<>();

    Rounds(Desired desired, Observed observed, Target target) {
      this.desired = desired;
      this.observed = observed;
      this.target = target;
    }

    Admission last() {
      while (true) {
        EffectiveInstances wanted =
            EffectiveInstances.of(desired, observed, target, barred.keySet());
        Deletions deletions = Deletions.of(wanted, observed);
        EffectiveInstances kept =
            deletions.within(desired, target) ? wanted : wanted.keeping(observed);
        if (!another(kept)) {
          Map<Holder, Refusal> refused = new HashMap<>();
          barred.forEach((document, why) -> refused.put(Holder.of(document), why));
          kept.nameless().forEach(one -> refused.put(Holder.of(one), nameless(one, kept)));
          return new Admission(kept, deletions, refused);
        }
      }
    }

    /** Whether this round barred a document, so that the goals have to be made again. */
    private boolean another(EffectiveInstances wanted) {
      GoalResolver goals = GoalResolver.of(desired, observed, target, wanted);
      Capacity capacity = Capacity.of(desired, observed, target, goals.all().values());
      TrashQuota trash = TrashQuota.of(desired, observed, target, goals.all().values());
      Room room = new Room(goals, capacity, trash);
      // Room comes first: without the documents that have no room, others may move and free what
      // further documents name.
      return barWithoutRoom(wanted, capacity.refused())
          || barWithoutRoom(wanted, trash.refused())
          || barHindered(wanted, room)
          || tryAgain(room);
    }

    private boolean barWithoutRoom(EffectiveInstances wanted, Map<ResourceName, Refusal> refused) {
      boolean more = false;
      for (Map.Entry<ResourceName, Refusal> one : refused.entrySet()) {
        if (!wanted.standing().containsKey(one.getKey())) {
          Instance document = Objects.requireNonNull(wanted.instances().get(one.getKey()));
          more |= barred.putIfAbsent(document, one.getValue()) == null;
        }
      }
      return more;
    }

    private boolean barHindered(EffectiveInstances wanted, Room room) {
      boolean more = false;
      for (Instance document : wanted.open()) {
        Refusal why = document.host().equals(target.host()) ? room.hindrance(document) : null;
        more |= why != null && barred.putIfAbsent(document, why) == null;
      }
      return more;
    }

    /** Each is tried again once: what hindered it may have moved away when others were left out. */
    private boolean tryAgain(Room room) {
      return barred
          .keySet()
          .removeIf(document -> room.hindrance(document) == null && triedAgain.add(document));
    }

    private static Refusal nameless(Instance document, EffectiveInstances wanted) {
      return new Refusal(
          "names",
          document.owner(),
          "instance %s: the name is held by instance %s of %s, which stays as it is"
              .formatted(
                  document.name(),
                  document.name(),
                  Objects.requireNonNull(wanted.instances().get(document.name())).owner()),
          "Give it another name.");
    }
  }
}
