package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.Plan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a new version of an image means, as programs read it.
 *
 * @param bytes what a root on it may come to
 * @param storeBytes what storing it takes at most; 0 when it is there already
 * @param freshRoots how many roots this plan makes on it
 */
record ImageChangeJson(
    ResourceName image,
    Digest to,
    long bytes,
    long storeBytes,
    long freshRoots,
    List<OldVersionJson> from,
    List<AffectedJson> instances) {
  /**
   * A version that is left.
   *
   * @param bytes null where it is not in the store
   * @param users the instances that stand on it after the plan
   */
  record OldVersionJson(
      ResourceName image, Digest digest, @Nullable Long bytes, List<ResourceName> users) {
    static OldVersionJson of(ImageChange.OldVersion old) {
      ByteSize size = old.size();
      return new OldVersionJson(
          old.image(), old.digest(), size == null ? null : (Long) size.bytes(), old.users());
    }
  }

  /** One instance that stands on another version. */
  record AffectedJson(
      ResourceName name,
      @Nullable ResourceName partner,
      ImageChangePolicy policy,
      ImageChange.Fate fate) {
    static AffectedJson of(ImageChange.Affected one) {
      return new AffectedJson(one.instance(), one.owner().partner(), one.policy(), one.fate());
    }
  }

  static List<ImageChangeJson> all(Plan plan) {
    return plan.images().stream().map(ImageChangeJson::of).toList();
  }

  private static ImageChangeJson of(ImageChange change) {
    return new ImageChangeJson(
        change.image(),
        change.to(),
        change.size().bytes(),
        change.isStored() ? change.size().bytes() : 0,
        change.roots(),
        change.from().stream().map(OldVersionJson::of).toList(),
        change.instances().stream().map(AffectedJson::of).toList());
  }
}
