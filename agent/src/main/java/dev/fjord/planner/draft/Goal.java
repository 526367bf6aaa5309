package dev.fjord.planner.draft;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.TrashedInstance;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one instance should come to.
 *
 * @param record as it should be written
 * @param seen as it is; null where it is to be made or brought back
 * @param trashed what it is brought back from; null where there is none
 * @param replaces whether another owner's instance of that name leaves first
 * @param releasers instances that answer on one of its addresses until they have changed
 */
public record Goal(
    InstanceRecord record,
    @Nullable ObservedInstance seen,
    @Nullable TrashedInstance trashed,
    boolean replaces,
    Set<ResourceName> releasers) {

  public ResourceName name() {
    return record.name();
  }

  /** Whether the instance still has another name. */
  public boolean isRenamed() {
    return seen != null && !seen.name().equals(record.name());
  }

  /** How its name or its owner changes, as the beginning of a reason; empty where both stay. */
  public String moved() {
    InstanceRecord before = seen == null ? null : seen.record();
    if (before == null) {
      return "";
    }
    String renamed = isRenamed() ? "renamed from " + before.name() + "; " : "";
    return before.owner().equals(record.owner())
        ? renamed
        : "handed over from " + before.owner() + " to " + record.owner() + "; " + renamed;
  }

  /** The same instance, left as it is. */
  public Goal standing() {
    return new Goal(Objects.requireNonNull(before()), seen, trashed, false, Set.of());
  }

  /** The record that stands; null for a new instance. */
  public @Nullable InstanceRecord before() {
    if (seen != null) {
      return seen.record();
    }
    return trashed == null ? null : trashed.record();
  }
}
