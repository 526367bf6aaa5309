package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredImage;
import dev.fjord.plan.Action;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.HostAfterPlan;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.ImageChange.Affected;
import dev.fjord.plan.ImageChange.Fate;
import dev.fjord.plan.ImageChange.OldVersion;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.store.StoreChanges;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out from finished decisions what they do to roots. It decides nothing: it only gathers what
 * is spread over changes and what is waiting.
 */
public record ImageChanges(
    Decisions decisions, HostAfterPlan after, Observed observed, Collection<Goal> goals) {
  /** Of each declared image that this plan stores in a new version, or moves a root to. */
  public List<ImageChange> of(Map<ResourceName, Image> declared) {
    List<ImageChange> changes = new ArrayList<>();
    new TreeMap<>(declared)
        .values().stream().map(this::change).filter(Objects::nonNull).forEach(changes::add);
    return changes;
  }

  private @Nullable ImageChange change(Image image) {
    List<Goal> elsewhere =
        goals.stream()
            .filter(goal -> goal.record().applied().image().equals(image.name()))
            .filter(goal -> goal.before() != null && !standsOn(image, goal.before()))
            .sorted(Comparator.comparing(Goal::name))
            .toList();
    List<Affected> affected = elsewhere.stream().map(this::affected).toList();
    boolean stored = change(StoreChanges.imageId(image.name(), image.version())) != null;
    if (affected.isEmpty() || !stored && affected.stream().noneMatch(one -> one.fate().isNow())) {
      return null;
    }
    return new ImageChange(
        image.name(), image.version(), image.size(), stored, versions(elsewhere), affected);
  }

  private static boolean standsOn(Image image, InstanceRecord record) {
    return record.applied().image().equals(image.name()) && record.base().equals(image.version());
  }

  private Affected affected(Goal goal) {
    InstanceRecord record = goal.record();
    return new Affected(
        goal.name(), record.owner(), record.applied().onImageChange(), fate(goal, record));
  }

  private Fate fate(Goal goal, InstanceRecord record) {
    if (record.hasRootOf(Objects.requireNonNull(goal.before()))) {
      boolean asked = record.applied().onImageChange() == ImageChangePolicy.KEEP;
      return asked ? Fate.KEEPS : Fate.HELD;
    } else if (decisions.waiting().stream().anyMatch(one -> waitsForRestart(one, goal))) {
      return Fate.WAITS;
    } else if (endsKernel(goal)) {
      return Fate.RESTARTS;
    }
    boolean moves =
        Stream.of(Action.RESTART, Action.UPDATE, Action.STOP, Action.RESTORE)
            .anyMatch(action -> isPlanned(goal, action));
    return moves ? Fate.MOVES : Fate.HELD;
  }

  /** A restart also carries over a machine that does not run. */
  private boolean endsKernel(Goal goal) {
    Change restart = change(Change.id(Action.RESTART, Kind.INSTANCE, goal.name().value()));
    return restart != null && restart.disruption() != Disruption.NONE;
  }

  private boolean isPlanned(Goal goal, Action action) {
    return change(Change.id(action, Kind.INSTANCE, goal.name().value())) != null;
  }

  private static InstanceRecord before(Goal goal) {
    return goal.before() == null ? goal.record() : goal.before();
  }

  private @Nullable Change change(String id) {
    return decisions.changes().stream()
        .filter(change -> change.id().equals(id))
        .findFirst()
        .orElse(null);
  }

  private static boolean waitsForRestart(Waiting one, Goal goal) {
    return one.instance().equals(goal.name()) && one.until() != Waiting.Until.BACKOFF;
  }

  private List<OldVersion> versions(List<Goal> elsewhere) {
    Map<String, OldVersion> versions = new TreeMap<>();
    for (Goal goal : elsewhere) {
      InstanceRecord before = Objects.requireNonNull(goal.before());
      ResourceName name = before.applied().image();
      Digest digest = before.base();
      versions.computeIfAbsent(
          name + "@" + digest.hex(),
          none -> new OldVersion(name, digest, stored(name, digest), users(name, digest)));
    }
    return List.copyOf(versions.values());
  }

  private @Nullable ByteSize stored(ResourceName name, Digest digest) {
    return observed.images().stream()
        .filter(image -> image.name().equals(name) && image.digest().equals(digest))
        .map(StoredImage::size)
        .findFirst()
        .orElse(null);
  }

  /**
   * Looks at the instances of all images: one that asks for another image may still stand on this
   * version.
   */
  private List<ResourceName> users(ResourceName name, Digest digest) {
    return goals.stream()
        .filter(goal -> {
          InstanceRecord before = before(goal);
          InstanceRecord record = after.records().getOrDefault(goal.name(), before);
          return record.applied().image().equals(name) && record.base().equals(digest);
        })
        .map(Goal::name)
        .sorted()
        .toList();
  }
}
