package dev.fjord.plan;

import dev.fjord.model.ResourceName;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is for.
 *
 * @param host which of the desired hosts the observed one is
 * @param revision the commit that is applied
 * @param allowedDeletes what its commit's trailer allows to be removed; 0 without one
 * @param before what was in force before that commit; null once it was applied to its end, so that
 *     whatever differs by then is drift, and where that is not known
 * @param moves what is known of documents that seem to have moved to another owner
 */
public record Target(
    ResourceName host, String revision, int allowedDeletes, @Nullable Before before, Moves moves) {

  /** For a commit of which nobody knows what was in force before. */
  public Target(ResourceName host, String revision, int allowedDeletes) {
    this(host, revision, allowedDeletes, null, Moves.UNKNOWN);
  }
}
