package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Volume;
import dev.fjord.planner.draft.Draft;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a document what is not done to disks that exist: no volume becomes smaller, and no
 * root changes its image unless its document says that it may be replaced. What remains is done;
 * the rest is refused and stays as it was.
 */
record DiskConstraints(
    Draft draft, @Nullable InstanceRecord before, @Nullable ObservedInstance seen) {

  Instance settle(Instance asked) {
    if (before == null) {
      return asked.withoutPlace();
    }
    return asked.withDisks(image(asked, before), volumes(asked, before)).withoutPlace();
  }

  private ResourceName image(Instance asked, InstanceRecord record) {
    ResourceName stands = record.applied().image();
    if (asked.onImageChange() != ImageChangePolicy.KEEP) {
      return asked.image();
    }
    if (!asked.image().equals(stands)) {
      draft.refuse(
          "image-change",
          asked.owner(),
          "instance "
              + asked.name()
              + " stands on image "
              + stands
              + " and 'onImageChange: keep'"
              + " keeps it there; it is not moved to "
              + asked.image(),
          "Set 'image: " + stands + "' again, or declare a new instance on " + asked.image() + ".");
    }
    return stands;
  }

  private List<Volume> volumes(Instance asked, InstanceRecord record) {
    List<Volume> volumes = new ArrayList<>();
    for (Volume volume : asked.volumes()) {
      Volume stands = standing(volume, record);
      if (stands != null && volume.size().compareTo(stands.size()) < 0) {
        refuseToShrink(asked, volume, stands);
        volumes.add(stands);
      } else {
        refuseToShorten(asked, volume);
        volumes.add(volume);
      }
    }
    return volumes;
  }

  private void refuseToShrink(Instance asked, Volume volume, Volume stands) {
    refuse(
        asked,
        "volume "
            + volume.name()
            + " of instance "
            + asked.name()
            + " has "
            + stands.size()
            + " and is never made smaller; it is not made "
            + volume.size(),
        "Set 'size: " + stands.size() + "' again, or declare a volume of another name");
  }

  /**
   * Refuses to shorten a volume that grew in a run that was ended before it recorded that, while
   * the document went back to the smaller size.
   */
  private void refuseToShorten(Instance asked, Volume volume) {
    ByteSize found = seen == null ? null : seen.disks().volumes().get(volume.name());
    if (found != null && found.compareTo(volume.size()) > 0) {
      refuse(
          asked,
          "the file of volume "
              + volume.name()
              + " of instance "
              + asked.name()
              + " is "
              + found
              + " long, more than the "
              + volume.size()
              + " that are declared, and is never made shorter",
          "Set 'size: " + found + "': a growth that was begun is not taken back");
    }
  }

  private void refuse(Instance asked, String summary, String hint) {
    String where = asked.where() == null ? "." : ". It is declared at " + asked.where() + ".";
    draft.refuse("volume-size", asked.owner(), summary, hint + where);
  }

  /**
   * The volume as it is recorded, or as it is on disk where a run made it and was ended before it
   * recorded that.
   */
  private @Nullable Volume standing(Volume asked, InstanceRecord record) {
    return record.applied().volumes().stream()
        .filter(other -> other.name().equals(asked.name()))
        .findFirst()
        .orElseGet(() -> {
          ByteSize found = seen == null ? null : seen.disks().volumes().get(asked.name());
          return found == null ? null : new Volume(asked.name(), found);
        });
  }
}
