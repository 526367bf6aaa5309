package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Image;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.Partner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.TrashUse;
import dev.fjord.plan.Holder;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Target;
import dev.fjord.planner.draft.Goal;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether partners stay within their quota of disk with what lies in their trash. A partner that
 * does not is refused new bytes: a new instance, a new or a larger volume, another root. What is
 * there stays, and what comes back out of the trash does come back: it takes nothing more.
 *
 * <p>What a change is about to put into the trash does not count yet, so machines and trash
 * together may take up to twice the quota, and never more, however often that is done.
 */
final class TrashQuota {
  private static final int MOST_NAMED = 5;

  private final Desired desired;
  private final Target target;
  private final TrashContents trash;
  private final Map<Owner, ByteSize> used = new HashMap<>();
  private final Map<Owner, ByteSize> returned = new HashMap<>();
  private final Set<Holder> there = new HashSet<>();
  private final Map<ResourceName, Refusal> refused = new TreeMap<>();

  private TrashQuota(Desired desired, Observed observed, Target target) {
    this.desired = desired;
    this.target = target;
    this.trash = new TrashContents(observed);
    desired.instances().stream()
        .filter(one -> !one.host().equals(target.host()))
        .forEach(one -> used.merge(one.owner(), counted(one), ByteSize::plus));
  }

  static TrashQuota of(Desired desired, Observed observed, Target target, Collection<Goal> goals) {
    TrashQuota quota = new TrashQuota(desired, observed, target);
    for (Goal goal : goals) {
      InstanceRecord before = goal.seen() == null ? null : goal.seen().record();
      if (before != null) {
        quota.there.add(Holder.of(before));
        quota.used.merge(before.owner(), quota.counted(before.applied()), ByteSize::plus);
      }
    }
    goals.stream()
        .sorted(Comparator.comparing((Goal g) -> g.seen() == null).thenComparing(Goal::name))
        .forEach(quota::letIn);
    return quota;
  }

  /** Why instances that ask for more than there is do not get it. */
  Map<ResourceName, Refusal> refused() {
    return refused;
  }

  /**
   * Why a new document, which is not among the goals, would not get it either; null when it would.
   */
  @Nullable Refusal hindrance(Instance document) {
    return there.contains(Holder.of(document))
            || isWithin(document, used(document).plus(counted(document)), ByteSize.ZERO)
        ? null
        : refusal(document);
  }

  private void letIn(Goal goal) {
    Instance wanted = goal.record().applied();
    InstanceRecord before = goal.before();
    ByteSize had =
        goal.seen() == null || before == null || !before.owner().equals(wanted.owner())
            ? ByteSize.ZERO
            : counted(before.applied());
    ByteSize after = used(wanted).lessOrZero(had).plus(counted(wanted));
    ByteSize back =
        before == null
            ? ByteSize.ZERO
            : trash.sizeOf(goal.trashed()).plus(trash.volumesFor(goal.record(), before));
    if (asksForBytes(goal.record(), before) && !isWithin(wanted, after, back)) {
      refused.put(goal.name(), refusal(wanted));
    } else {
      used.put(wanted.owner(), after);
      returned.merge(wanted.owner(), back, ByteSize::plus);
    }
  }

  private boolean asksForBytes(InstanceRecord record, @Nullable InstanceRecord before) {
    if (before == null) {
      return true;
    }
    Instance wanted = record.applied();
    Instance stands = before.applied();
    // Another version of the same image comes from the administrator.
    boolean otherRoot = !wanted.image().equals(stands.image()) && !trash.hasRootFor(record);
    return otherRoot
        || wanted.swap().compareTo(stands.swap()) > 0
        || beyondImage(wanted).compareTo(beyondImage(stands)) > 0
        || wanted.volumes().stream()
            .anyMatch(volume ->
                stands.volumes().stream()
                        .noneMatch(other ->
                            other.name().equals(volume.name())
                                && other.size().compareTo(volume.size()) >= 0)
                    && trash.volume(volume, record) == null);
  }

  private boolean isWithin(Instance asking, ByteSize after, ByteSize back) {
    Partner partner = partner(asking.owner());
    ByteSize trashed =
        trashOf(asking.owner())
            .lessOrZero(returned.getOrDefault(asking.owner(), ByteSize.ZERO).plus(back));
    return partner == null
        || trashed.equals(ByteSize.ZERO) // Documents alone are checked when they are loaded.
        || after.plus(trashed).compareTo(partner.quota().disk()) <= 0;
  }

  private @Nullable Partner partner(Owner owner) {
    return owner.partner() == null ? null : desired.partners().get(owner.partner());
  }

  private ByteSize trashOf(Owner owner) {
    return TrashContents.sum(trash.of(owner).stream());
  }

  private ByteSize used(Instance instance) {
    return used.getOrDefault(instance.owner(), ByteSize.ZERO);
  }

  /** The disk of an instance as quotas count it. */
  private ByteSize counted(Instance instance) {
    return instance.disk().plus(beyondImage(instance));
  }

  private ByteSize beyondImage(Instance instance) {
    Image image = desired.images().get(instance.image());
    ByteSize root = instance.root();
    return root == null || image == null ? ByteSize.ZERO : root.lessOrZero(image.size());
  }

  private Refusal refusal(Instance instance) {
    Owner owner = instance.owner();
    List<TrashUse> uses = trash.of(owner);
    String folders =
        uses.stream()
            .limit(MOST_NAMED)
            .map(one -> one.folder() + " (" + TrashContents.rounded(one.bytes()) + ")")
            .collect(Collectors.joining(", "));
    return new Refusal(
        "trash-quota",
        owner,
        "instance %s asks for new disks; %s has %s of disk in use and %s in the trash of host %s,"
                .formatted(
                    instance.name(),
                    owner,
                    used(instance),
                    TrashContents.rounded(trashOf(owner)),
                    target.host())
            + " and a quota of "
            + Objects.requireNonNull(partner(owner)).quota().disk(),
        "Declare again what lies there, and it comes back; or have the administrator remove what"
            + " nobody needs from "
            + trash.folder()
            + ": "
            + folders
            + (uses.size() > MOST_NAMED ? ", …." : "."));
  }
}
