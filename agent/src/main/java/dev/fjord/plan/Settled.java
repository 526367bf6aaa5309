package dev.fjord.plan;

import dev.fjord.model.ByteSize;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Volume;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a document what is not done to disks that exist: no volume changes its size, no root
 * its image, unless its document says that it may be replaced. What is left is done; the rest is
 * refused and stays as it was.
 */
record Settled(Draft draft, @Nullable InstanceRecord before, @Nullable ObservedInstance seen) {

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
      if (!stands.equals(volume)) {
        draft.refuse(
            "volume-size",
            asked.owner(),
            "volume "
                + volume.name()
                + " of instance "
                + asked.name()
                + " has "
                + stands.size()
                + " and stays so; it is not made "
                + volume.size(),
            "Set 'size: " + stands.size() + "' again, or declare a volume of another name.");
      }
      volumes.add(stands);
    }
    return volumes;
  }

  /** As it is recorded; or as it lies there, made by a run that was ended before it recorded it. */
  private Volume standing(Volume asked, InstanceRecord record) {
    return record.applied().volumes().stream()
        .filter(other -> other.name().equals(asked.name()))
        .findFirst()
        .orElseGet(() -> {
          ByteSize found = seen == null ? null : seen.disks().volumes().get(asked.name());
          return found == null ? asked : new Volume(asked.name(), found);
        });
  }
}
