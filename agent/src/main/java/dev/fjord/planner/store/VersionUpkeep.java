package dev.fjord.planner.store;

import dev.fjord.model.Desired;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.Kernel;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.ChangedVersion;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import dev.fjord.plan.VersionReferences;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is done to versions that are in the stores: touched ones are mended; changed ones are
 * reported, block what would stand on them, and are replaced only when that was ordered; those that
 * nothing needs are removed after a while.
 */
record VersionUpkeep(
    Desired desired,
    Observed observed,
    VersionReferences standing,
    Collection<Goal> goals,
    Draft draft) {

  /**
   * Plans the upkeep of all versions in the stores.
   *
   * @param goals of all instances: what one of them needs does not leave
   */
  static Decisions plan(Desired desired, Observed observed, Collection<Goal> goals) {
    Draft draft = new Draft();
    new VersionUpkeep(desired, observed, new VersionReferences(observed), goals, draft).plan();
    return draft.decisions();
  }

  /** The changes of this plan that make a version fit to be used. */
  static List<String> ids(Version version) {
    return List.of(replacing(version), mending(version));
  }

  private static String replacing(Version version) {
    return "replace/" + version;
  }

  private static String mending(Version version) {
    return "update/" + version + "/sealed";
  }

  private void plan() {
    for (StoredImage image : observed.images()) {
      Version version = new Version(Kind.IMAGE, image.name(), image.digest());
      one(version, image.upkeep(), image.size() + " of the disk come free");
    }
    for (StoredKernel kernel : observed.kernels()) {
      one(
          new Version(Kind.KERNEL, kernel.name(), kernel.digest()),
          kernel.upkeep(),
          "its binary goes");
    }
  }

  private void one(Version version, Upkeep upkeep, String freed) {
    List<String> standing = this.standing.on(version);
    boolean needed =
        DeclaredVersion.isDeclared(desired, version)
            || !standing.isEmpty()
            || goals.stream().anyMatch(goal -> VersionReferences.needs(goal.record(), version));
    if (!needed) {
      // An instance whose record could not be read may stand on it, so nothing is removed.
      Instant since = upkeep.unusedSince();
      if (since != null && this.standing.isKnown()) {
        leave(version, since, freed);
      }
      return;
    }
    Step replacement = upkeep.repairAsked() ? replacement(version) : null;
    if (replacement != null) {
      repair(version, standing, replacement);
    } else if (upkeep.content() == Upkeep.Content.CHANGED) {
      alarm(version, upkeep, standing);
    } else if (upkeep.content() == Upkeep.Content.TOUCHED) {
      add(
          version,
          Action.UPDATE,
          mending(version),
          Cause.CORRECTIVE,
          "it was touched ("
              + upkeep.found()
              + "); it is read, and mended when its digest is right",
          new Step.MendVersion(version, standing));
    }
  }

  /** Plans the removal of one that nothing needs, when it is due. */
  private void leave(Version version, Instant since, String freed) {
    if (observed.at().isBefore(since.plus(desired.site().unusedKept()))) {
      return;
    }
    draft.add(
        change(
            version,
            Action.DELETE,
            "delete/" + version,
            Cause.INTENDED,
            "no document declares it, and nothing stands on it since " + since + "; " + freed,
            new Step.RemoveVersion(version)));
  }

  /** Decided by what the host recorded or, where that is lost, by what is declared. */
  private boolean isBuilt(Version version) {
    if (version.kind() != Kind.IMAGE) {
      return false;
    }
    Image image = DeclaredVersion.image(desired, version);
    return image != null && !(image.origin() instanceof ImageOrigin.Disk)
        || observed.images().stream()
            .filter(stored -> stored.name().equals(version.name()))
            .filter(stored -> stored.digest().equals(version.digest()))
            .anyMatch(stored -> stored.built() != null);
  }

  private @Nullable Step replacement(Version version) {
    if (version.kind() == Kind.IMAGE) {
      Image image = DeclaredVersion.image(desired, version);
      return image == null || isBuilt(version) ? null : new Step.ReplaceImage(image);
    }
    Kernel kernel = DeclaredVersion.kernel(desired, version);
    return kernel == null ? null : new Step.ReplaceKernel(kernel);
  }

  private void repair(Version version, List<String> standing, Step step) {
    add(
        version,
        Action.REPLACE,
        replacing(version),
        Cause.INTENDED,
        "'fjord repair' asked for it; those that run keep the bytes that they have open until they"
            + " are started next ("
            + ChangedVersion.standing(version, standing)
            + ")",
        step);
  }

  private void alarm(Version version, Upkeep upkeep, List<String> standing) {
    boolean built = isBuilt(version);
    draft.report(ChangedVersion.alarm(version, upkeep.found(), standing, built));
    String kind = version.kind().name().toLowerCase(Locale.ROOT);
    draft.refuse(
        ChangedVersion.code(version),
        Owner.SITE,
        version.words()
            + " is not what was stored: nothing is started on it ("
            + ChangedVersion.standing(version, standing)
            + ")",
        built
            ? ChangedVersion.BUILT_HINT
            : DeclaredVersion.isDeclared(desired, version)
                ? "'fjord repair " + version + "' stores it again from its source."
                : "Its source is not declared any more: declare "
                    + kind
                    + " "
                    + version.name()
                    + " with 'sha256: \""
                    + version.digest()
                    + "\"' again, then 'fjord repair "
                    + version
                    + "'.");
  }

  private void add(
      Version version, Action action, String id, Cause cause, String reason, Step step) {
    draft.add(change(version, action, id, cause, reason, step));
  }

  static Change change(
      Version version, Action action, String id, Cause cause, String reason, Step step) {
    return new Change(
        id,
        action,
        version.kind(),
        version.name(),
        Owner.SITE,
        cause,
        reason,
        Disruption.NONE,
        List.of(),
        List.of(),
        List.of(),
        step);
  }
}
