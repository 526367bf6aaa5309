package dev.fjord.planner.store;

import dev.fjord.model.Desired;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Kernel;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.Rebase;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.Trial;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is done in the stores: declared and needed kernels and images are taken in, kernels are also
 * tried, and versions that are there are kept up.
 */
public final class StoreChanges {
  private final Desired desired;
  private final Observed observed;
  private final Decisions upkeep;
  private final Draft draft;
  private final Set<ResourceName> supplied = new HashSet<>();

  private StoreChanges(Desired desired, Observed observed, Decisions upkeep) {
    this.desired = desired;
    this.observed = observed;
    this.upkeep = upkeep;
    this.draft = new Draft(upkeep);
  }

  /**
   * Plans what is declared, used or not, so that it is stored and tried before an instance waits
   * for it; and what instances need.
   *
   * @param goals of all instances: what one of them needs does not leave
   * @param fitting those of them that the host has room for
   */
  public static StoreChanges of(Inputs inputs, Collection<Goal> goals, Collection<Goal> fitting) {
    Decisions upkeep = VersionUpkeep.plan(inputs.desired(), inputs.observed(), goals);
    StoreChanges stores = new StoreChanges(inputs.desired(), inputs.observed(), upkeep);
    new TreeMap<>(inputs.desired().kernels())
        .forEach((name, kernel) -> stores.kernel(name, kernel.sha256()));
    new TreeMap<>(inputs.desired().images())
        .forEach((name, image) -> stores.image(name, image.version()));
    for (Goal goal : fitting) {
      if (stores.supply(goal.record())) {
        stores.supplied.add(goal.name());
      }
    }
    return stores;
  }

  public Decisions decisions() {
    return upkeep.and(draft.decisions());
  }

  /** Whether the stores hold all that an instance needs, now or after this plan. */
  public boolean supplies(InstanceRecord record) {
    return supplied.contains(record.name());
  }

  /** Plans what {@code record} needs; false when it cannot be had, and the draft says why. */
  private boolean supply(InstanceRecord record) {
    return kernel(record.applied().kernel(), record.kernel())
        && image(record.applied().image(), record.base())
        && hasShared(record)
        && canLeave(record);
  }

  /** Each version is checked, so that a plan names all that are missing. */
  private boolean hasShared(InstanceRecord record) {
    return record.applied().shared().stream()
        .map(version -> image(version.image(), version.digest()))
        .reduce(true, Boolean::logicalAnd);
  }

  /**
   * A rebase finds what to carry over by comparing with the old version, so that version has to be
   * right, too.
   */
  private boolean canLeave(InstanceRecord record) {
    Rebase rebase = record.isBeingRebased() ? record.rebase() : null;
    return rebase == null || image(rebase.from().image(), rebase.from().digest());
  }

  /** Whether the bytes of its image are wrong and are not put right by this plan. */
  public boolean isImageChanged(InstanceRecord record) {
    return observed.images().stream()
        .filter(image -> image.name().equals(record.applied().image()))
        .filter(image -> image.digest().equals(record.base()))
        .anyMatch(i -> isBlocked(Kind.IMAGE, i.name(), i.digest(), i.upkeep()));
  }

  /** The changes of this plan that a start must wait for. */
  public static List<String> ids(InstanceRecord record) {
    Version kernel = new Version(Kind.KERNEL, record.applied().kernel(), record.kernel());
    List<String> ids = new ArrayList<>(VersionUpkeep.ids(kernel));
    ids.add(versioned(Action.UPDATE, Kind.KERNEL, kernel.name(), kernel.digest()));
    ids.add(versioned(Action.CREATE, Kind.KERNEL, kernel.name(), kernel.digest()));
    ids.addAll(imageIds(record));
    for (ImageVersion shared : record.applied().shared()) {
      ids.addAll(VersionUpkeep.ids(new Version(Kind.IMAGE, shared.image(), shared.digest())));
      ids.add(imageId(shared.image(), shared.digest()));
    }
    return ids;
  }

  /** The changes of this plan that a root on the image of this record must wait for. */
  public static List<String> imageIds(InstanceRecord record) {
    Version image = new Version(Kind.IMAGE, record.applied().image(), record.base());
    List<String> ids = new ArrayList<>(VersionUpkeep.ids(image));
    ids.add(imageId(image.name(), image.digest()));
    return ids;
  }

  public static String imageId(ResourceName name, Digest digest) {
    return versioned(Action.CREATE, Kind.IMAGE, name, digest);
  }

  private static String versioned(Action action, Kind kind, ResourceName name, Digest digest) {
    return Change.id(action, kind, name + "@" + digest.brief());
  }

  private boolean kernel(ResourceName name, Digest digest) {
    Optional<StoredKernel> stored =
        observed.kernels().stream()
            .filter(k -> k.name().equals(name) && k.digest().equals(digest))
            .findFirst();
    if (stored.isPresent() && isBlocked(Kind.KERNEL, name, digest, stored.get().upkeep())) {
      return false;
    }
    if (stored.isPresent() && stored.get().trial() != null) {
      return usable(name, digest, stored.get().trial())
          && isAsDeclared(name, digest, stored.get().trial());
    }
    String store = versioned(Action.CREATE, Kind.KERNEL, name, digest);
    if (stored.isEmpty()) {
      Kernel source = desired.kernels().get(name);
      if (source == null || !source.sha256().equals(digest)) {
        return gone("kernel", name, digest);
      }
      add(
          store,
          Action.CREATE,
          Kind.KERNEL,
          name,
          "it is not in the store",
          List.of(),
          new Step.StoreKernel(source));
    }
    add(
        versioned(Action.UPDATE, Kind.KERNEL, name, digest),
        Action.UPDATE,
        Kind.KERNEL,
        name,
        "it was not tried on this host as it is now",
        draft.present(
            Stream.concat(
                    Stream.of(store),
                    VersionUpkeep.ids(new Version(Kind.KERNEL, name, digest)).stream())
                .toList()),
        new Step.TryKernel(name, digest));
    return true;
  }

  private boolean usable(ResourceName name, Digest digest, @Nullable Trial trial) {
    if (trial == null || trial.usable()) {
      return true;
    }
    refuse(
        "kernel",
        "kernel " + name + "@" + digest.brief() + " does not boot on this host",
        "No instance is started with it; the trial is repeated now and then.");
    draft.report(
        Problem.of(
                "kernel-does-not-boot",
                "kernel " + name + "@" + digest.brief() + " does not boot on this host")
            .detail(trial.message())
            .hint(
                "Name another source and sha256 in the Kernel's document. Running instances"
                    + " stay."));
    return false;
  }

  /**
   * A document that names another version than the kernel itself promises what the kernel cannot
   * do.
   */
  private boolean isAsDeclared(ResourceName name, Digest digest, @Nullable Trial trial) {
    Kernel kernel = desired.kernels().get(name);
    String says = trial == null ? null : trial.version();
    if (kernel == null
        || !kernel.sha256().equals(digest)
        || kernel.version() == null
        || says == null
        || says.isEmpty()
        || says.equals(kernel.version().text())) {
      return true;
    }
    refuse(
        "kernel-version",
        "kernel "
            + name
            + "@"
            + digest.brief()
            + " calls itself "
            + says
            + ", and its document says "
            + kernel.version(),
        "No instance is started with it. Write version: \""
            + says
            + "\" in the Kernel's document.");
    return false;
  }

  private boolean image(ResourceName name, Digest digest) {
    Optional<StoredImage> stored =
        observed.images().stream()
            .filter(image -> image.name().equals(name) && image.digest().equals(digest))
            .findFirst();
    if (stored.isPresent()) {
      return !isBlocked(Kind.IMAGE, name, digest, stored.get().upkeep());
    }
    Image source = desired.images().get(name);
    if (source == null || !source.version().equals(digest)) {
      return gone("image", name, digest);
    }
    add(
        versioned(Action.CREATE, Kind.IMAGE, name, digest),
        Action.CREATE,
        Kind.IMAGE,
        name,
        source.origin() instanceof ImageOrigin.Debootstrap
            ? "it was not built yet"
            : "it is not in the store",
        List.of(),
        new Step.StoreImage(source));
    return true;
  }

  /** Whether its bytes are wrong and are not put right by this plan; an alarm has said so. */
  private boolean isBlocked(Kind kind, ResourceName name, Digest digest, Upkeep upkeep) {
    return upkeep.content() == Upkeep.Content.CHANGED
        && draft.present(VersionUpkeep.ids(new Version(kind, name, digest))).isEmpty();
  }

  private boolean gone(String kind, ResourceName name, Digest digest) {
    refuse(
        kind,
        kind + " " + name + "@" + digest.brief() + " is neither in the store nor declared any more",
        "Instances that stand on it cannot be started. Declare that version again.");
    return false;
  }

  private void refuse(String guard, String summary, String hint) {
    draft.refuse(guard, Owner.SITE, summary, hint);
  }

  private void add(
      String id,
      Action action,
      Kind kind,
      ResourceName name,
      String reason,
      List<String> requires,
      Step step) {
    draft.add(
        new Change(
            id,
            action,
            kind,
            name,
            Owner.SITE,
            Cause.INTENDED,
            reason,
            Disruption.NONE,
            List.of(),
            requires,
            List.of(),
            step));
  }
}
