package dev.fjord.planner.instance;

import dev.fjord.model.Desired;
import dev.fjord.model.Image;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Power;
import dev.fjord.model.Rebase;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.draft.Draft;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which version of an image a root is to stand on.
 *
 * @param rebase how it is carried over to that version, or from which one it came back
 */
record RootVersion(ImageVersion version, @Nullable Rebase rebase) {

  /**
   * Chooses the version by {@code onImageChange} and by how the last rebase ended.
   *
   * @param asked settled, on the image that it is to have
   * @param unchanged whether document and kernel are those of {@code before}
   */
  static RootVersion of(
      Draft draft,
      Desired desired,
      Instance asked,
      @Nullable InstanceRecord before,
      boolean unchanged) {
    Image image = Objects.requireNonNull(desired.images().get(asked.image()));
    ImageVersion wanted = new ImageVersion(image.name(), image.version());
    if (before == null) {
      return new RootVersion(wanted, null);
    }
    ImageVersion stands = before.version();
    Rebase last = before.rebase();
    if (last != null && stands.equals(last.to())) {
      if (!last.isUnderWay()) {
        return new RootVersion(last.from(), last);
      } else if (asked.onImageChange() == ImageChangePolicy.KEEP || wanted.equals(stands)) {
        return new RootVersion(stands, last);
      }
    }
    return switch (asked.onImageChange()) {
      case KEEP -> new RootVersion(stands, null);
      case REPLACE -> new RootVersion(wanted, null);
      case REBASE ->
          wanted.equals(stands)
              ? new RootVersion(stands, null)
              : carriedOver(draft, asked, wanted, before, unchanged);
    };
  }

  private static RootVersion carriedOver(
      Draft draft, Instance asked, ImageVersion wanted, InstanceRecord before, boolean unchanged) {
    ImageVersion stands = before.version();
    Rebase last = before.rebase();
    String failure = last == null || !last.to().equals(wanted) ? null : last.failure();
    if (failure != null && unchanged) {
      draft.refuse(
          "image-rebase",
          asked.owner(),
          "instance "
              + asked.name()
              + " stays on "
              + stands
              + ": it could not be moved to "
              + wanted
              + ": "
              + failure,
          "It is tried again once its document, its kernel or the image changes."
              + " 'fjord rebase --dry-run "
              + asked.name()
              + "' tells what would be carried over.");
      return new RootVersion(stands, last);
    }
    if (asked.power() == Power.STOPPED) {
      draft.await(
          new Waiting(
              asked.name(),
              asked.owner(),
              Waiting.Until.NEXT_START,
              "its root is carried over to " + wanted + " when it is started next",
              List.of()));
      return new RootVersion(stands, last);
    }
    return new RootVersion(wanted, new Rebase(stands, wanted, null));
  }
}
