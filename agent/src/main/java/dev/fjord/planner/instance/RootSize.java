package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Image;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.StoredImage;
import dev.fjord.plan.FieldChange;
import dev.fjord.planner.draft.Draft;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How large a root is to be. One that was made larger than its image never becomes smaller again,
 * whatever it stands on: so an old root that comes back from the trash always fits.
 */
record RootSize(Desired desired, Observed observed) {

  /**
   * The size that a root gets where a document asks for one.
   *
   * @param before the record that stands; null for a new instance
   * @return null for as large as the version
   */
  @Nullable ByteSize of(
      @Nullable ByteSize asked, ImageVersion version, @Nullable InstanceRecord before) {
    ByteSize stands = before == null ? null : before.applied().root();
    if (asked == null && stands == null) {
      return null;
    }
    ByteSize version0 = of(version);
    ByteSize root =
        Stream.of(asked, stands, version0)
            .filter(Objects::nonNull)
            .max(ByteSize::compareTo)
            .orElseThrow();
    return stands == null && root.equals(version0) ? null : root;
  }

  /** Refuses where a document asks for less than there is. */
  void refuseToShrink(
      Draft draft, Instance asked, ImageVersion version, @Nullable InstanceRecord before) {
    ByteSize root = of(asked.root(), version, before);
    ByteSize size = root == null ? of(version) : root;
    ByteSize wanted = asked.root() == null ? of(version) : asked.root();
    if (asked.root() == null && root == null
        || size == null
        || wanted == null
        || wanted.compareTo(size) >= 0) {
      return;
    }
    String where = asked.where() == null ? "." : ". It is declared at " + asked.where() + ".";
    draft.refuse(
        "root-size",
        asked.owner(),
        "the root of instance "
            + asked.name()
            + " has "
            + size
            + " and is never made smaller; it is not made "
            + wanted,
        "Set 'root: " + size + "', or declare a new instance" + where);
  }

  /** The size of a version; null where nothing is known of it. */
  @Nullable ByteSize of(ImageVersion version) {
    Image image = desired.images().get(version.image());
    return observed.images().stream()
        .filter(one -> one.name().equals(version.image()))
        .filter(one -> one.digest().equals(version.digest()))
        .map(StoredImage::size)
        .findFirst()
        .orElse(image != null && image.version().equals(version.digest()) ? image.size() : null);
  }

  /** Names the size of the image where a root was as large as that. */
  List<FieldChange> told(List<FieldChange> fields, InstanceRecord before) {
    ByteSize size = of(before.version());
    return fields.stream()
        .map(field ->
            size != null && field.path().equals("root") && field.from() == null
                ? new FieldChange("root", size.toString(), field.to())
                : field)
        .toList();
  }
}
