package dev.fjord.plan;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a version of an image means for the instances that stand on another one.
 *
 * @param to the version that is declared
 * @param size of a root on it, which is also what the stored version takes at most
 * @param isStored whether the plan stores it: until then it takes no room
 * @param from what the instances stand on, ordered by image and digest
 * @param instances all that stand on another version, ordered by name
 */
public record ImageChange(
    ResourceName image,
    Digest to,
    ByteSize size,
    boolean isStored,
    List<OldVersion> from,
    List<Affected> instances) {
  public ImageChange {
    from = List.copyOf(from);
    instances = List.copyOf(instances);
  }

  /** How many roots are made on it by this plan. */
  public long roots() {
    return instances.stream().filter(one -> one.fate().isNow()).count();
  }

  /**
   * A version that roots stand on. The plan frees nothing of it: a root that leaves it goes to the
   * trash, and stands on it there.
   *
   * @param size null where it is not in the store
   * @param users instances whose root stands on it after the plan, too, ordered by name
   */
  public record OldVersion(
      ResourceName image, Digest digest, @Nullable ByteSize size, List<ResourceName> users) {
    public OldVersion {
      users = List.copyOf(users);
    }
  }

  /** One instance, with what its document asks for and what this plan does. */
  public record Affected(ResourceName instance, Owner owner, ImageChangePolicy policy, Fate fate) {}

  /** What this plan does with an instance's root. */
  public enum Fate {
    /** It stays on its version, since its document says so. */
    KEEPS,
    /** It gets the new version; no running machine is ended for that. */
    MOVES,
    /** It gets the new version; the running machine is restarted. */
    RESTARTS,
    /** It gets the new version later: in a window, or when it is started next. */
    WAITS,
    /** Its document asks for the new version, and nothing of it may change now. */
    HELD;

    /** Whether this plan changes the root. */
    public boolean isNow() {
      return this == MOVES || this == RESTARTS;
    }
  }
}
