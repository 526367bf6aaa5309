package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Power;
import dev.fjord.model.Rebase;
import dev.fjord.model.ResourceName;
import dev.fjord.model.TrashedRoot;
import dev.fjord.model.Volume;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Step;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An instance whose kernel does not run. */
record StoppedInstance(
    Desired desired,
    Draft draft,
    Observed observed,
    Goal goal,
    ObservedInstance seen,
    List<String> moved,
    Step.@Nullable Launch launch) {

  void plan() {
    InstanceRecord record = goal.record();
    InstanceRecord before = Objects.requireNonNull(seen.record());
    if (!disksAreThere()) {
      return;
    }
    boolean changed = !record.equals(before);
    boolean healed = seen.fault() != null && seen.fault().code().equals("record-healed");
    List<String> requires = new ArrayList<>(moved);
    if (record.isBeingRebased() && record.applied().power() != Power.STOPPED) {
      if (launch != null) {
        requires.addAll(InstanceChange.supplies(draft, record));
        draft.add(InstanceChange.rebase(goal, before, Disruption.NONE, requires, launch));
      }
      return;
    }
    boolean otherRoot = !image(record).equals(seen.disks().rootBacking());
    if (changed
        || otherRoot
        || healed
        || seen.disks().rootNamed() != null
        || disksDiffer(record.applied(), seen.disks())) {
      if (growsVolume(record.applied(), before.applied()) || needsLargerRoot(record, before)) {
        // Its kernel is what grows a file system.
        requires.addAll(InstanceChange.supplies(draft, record));
      }
      Change update = update(record, before, changed, requires);
      draft.add(update);
      requires.add(update.id());
    }
    if (record.applied().power() != Power.STOPPED && launch != null) {
      start(before, launch, requires);
    }
  }

  private void start(InstanceRecord before, Step.Launch ready, List<String> requires) {
    InstanceRecord record = goal.record();
    boolean putBack = record.isPutBackFrom(before);
    boolean intended = putBack || !record.applied().equals(before.applied());
    Instant notBefore = seen.starts().notBefore();
    if (!intended && notBefore != null && observed.at().isBefore(notBefore)) {
      draft.await(
          new Waiting(
              goal.name(),
              record.owner(),
              Waiting.Until.BACKOFF,
              "its kernel ended "
                  + seen.starts().failures()
                  + " times soon after its start; the next"
                  + " try is due at "
                  + notBefore,
              List.of()));
      return;
    }
    requires.addAll(InstanceChange.supplies(draft, record));
    draft.add(
        InstanceChange.change(
            goal,
            Action.START,
            putBack ? Cause.ROLLBACK : intended ? Cause.INTENDED : Cause.CORRECTIVE,
            putBack
                ? "it runs again on " + record.version()
                : intended ? "its document asks for it" : InstanceChange.notRunning(seen),
            Disruption.NONE,
            List.of(),
            requires,
            new Step.StartInstance(ready)));
  }

  private Change update(
      InstanceRecord record, InstanceRecord before, boolean changed, List<String> requires) {
    List<FieldChange> fields =
        new ArrayList<>(
            new RootSize(desired, observed)
                .told(
                    BootFields.changes(RecordFields.of(before), RecordFields.of(record)), before));
    Path named = seen.disks().rootNamed();
    if (named != null) {
      fields.add(
          new FieldChange(
              "root.cow", named.toString(), String.valueOf(seen.disks().rootBacking())));
    }
    return InstanceChange.change(
        goal,
        Action.UPDATE,
        record.isPutBackFrom(before) ? Cause.ROLLBACK : changed ? Cause.INTENDED : Cause.CORRECTIVE,
        record.isPutBackFrom(before)
            ? InstanceChange.putBack(record)
            : changed
                ? goal.moved() + "its document changed" + rootGoes(record, before)
                : seen.disks().rootNamed() != null
                    ? "the state directory was moved, and its root names its image where that was"
                    : "its disks are not as they were made",
        losesDisk(record, before) ? Disruption.DATA : Disruption.NONE,
        fields,
        requires,
        new Step.UpdateInstance(record));
  }

  /** Whether a disk of its goes to the trash. */
  static boolean losesDisk(InstanceRecord now, InstanceRecord before) {
    return !now.hasRootOf(before) && !now.isPutBackFrom(before)
        || removesVolume(now.applied(), before.applied());
  }

  static boolean removesVolume(Instance now, Instance before) {
    return !names(now).containsAll(names(before));
  }

  /** Whether a file system on a root has to become larger. */
  static boolean needsLargerRoot(InstanceRecord now, @Nullable InstanceRecord before) {
    return before == null || !now.hasRootOf(before)
        ? now.applied().root() != null
        : now.growsRootOf(before);
  }

  private static boolean growsVolume(Instance now, Instance before) {
    return now.volumes().stream()
        .anyMatch(
            volume -> !before.volumes().contains(volume) && names(before).contains(volume.name()));
  }

  /** What happens to the root, as an addition to a reason; empty when it stays. */
  static String rootGoes(InstanceRecord now, InstanceRecord before) {
    return now.hasRootOf(before)
        ? ""
        : "; its root goes to the trash, for one on "
            + now.applied().image()
            + "@"
            + now.base().brief()
            + " ('onImageChange: replace'); its volumes stay";
  }

  private static Set<ResourceName> names(Instance instance) {
    return instance.volumes().stream().map(Volume::name).collect(Collectors.toSet());
  }

  static boolean disksDiffer(Instance instance, ObservedDisks disks) {
    ByteSize swap = disks.swap() == null ? ByteSize.ZERO : disks.swap();
    return !swap.equals(instance.swap()) || !disks.volumes().keySet().equals(names(instance));
  }

  /** A disk that was made and is missing is never made anew: that would hide the loss. */
  boolean disksAreThere() {
    InstanceRecord before = Objects.requireNonNull(seen.record());
    Path base = image(before);
    Path backing = seen.disks().rootBacking();
    if (backing == null) {
      return lost("its root.cow is missing or is no COW file", "restore root.cow from a backup");
    }
    if (!backing.equals(base)
        && !backing.equals(image(goal.record()))
        && !isOnTheWay(backing, before)
        && !isInTrash(before)) {
      return lost(
          "its root.cow stands on " + backing + " and not on " + base, mended(backing, before));
    }
    Set<ResourceName> declared = names(goal.record().applied());
    for (Volume volume : before.applied().volumes()) {
      // A volume that is to leave may have left: a run moved it and was ended before it recorded
      // that.
      if (declared.contains(volume.name()) && !seen.disks().volumes().containsKey(volume.name())) {
        return lost(
            "its volume " + volume.name() + " is missing",
            "restore " + observed.layout().volume(before.name(), volume.name()) + " from a backup");
      }
    }
    return true;
  }

  /** Where a rebase or a growth that was ended may have left the root. */
  private boolean isOnTheWay(Path backing, InstanceRecord before) {
    Rebase rebase = before.rebase();
    InstanceRecord now = goal.record();
    ByteSize wide = Layout.wideSize(backing);
    ByteSize root = now.applied().root();
    return rebase != null && isOn(backing, rebase.to())
        || needsLargerRoot(now, before)
            && (isOn(backing, before.version()) || isOn(backing, now.version()))
            && (wide == null || root != null && wide.compareTo(root) <= 0);
  }

  private boolean isOn(Path backing, ImageVersion version) {
    return observed.layout().isImage(backing, version.image(), version.digest());
  }

  private String mended(Path backing, InstanceRecord before) {
    ByteSize wide = Layout.wideSize(backing);
    Path here = observed.layout().imageHere(backing);
    if (here != null && !here.equals(backing)) {
      return "move "
          + backing
          + " to "
          + here
          + " as well, with its time ('cp -a' keeps it), if the state directory was moved: there is"
          + " no image of that name, length and time there";
    }
    return wide != null && isOn(backing, before.version())
        ? "set 'root: " + wide + "', if it was to grow: that is not taken back"
        : "put the right root.cow back, or that image";
  }

  /**
   * Whether the root is in the trash: then a run put another in its place and was ended before it
   * recorded that.
   */
  private boolean isInTrash(InstanceRecord before) {
    return observed.trashedRoots().stream()
        .map(TrashedRoot::record)
        .filter(Objects::nonNull)
        .anyMatch(kept -> kept.identity().equals(before.identity()) && kept.hasRootOf(before));
  }

  private Path image(InstanceRecord record) {
    return observed.layout().image(record);
  }

  private boolean lost(String what, String mend) {
    draft.refuse(
        "disk-lost",
        goal.record().owner(),
        "instance " + goal.name() + " is not started: " + what,
        "Nothing of it is touched. To go on, "
            + mend
            + ", or remove its document: what is left of"
            + " it goes to the trash.");
    return false;
  }
}
