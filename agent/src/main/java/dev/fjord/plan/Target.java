package dev.fjord.plan;

import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is for.
 *
 * @param host the name that the observed host has among the desired ones
 * @param revision the commit that is applied
 * @param allowedDeletes what its commit's trailer allows to be removed; 0 without one
 * @param before what was in force before that commit; null where that is not known, and once that
 *     commit was applied to its end: whatever differs after that is drift
 * @param moves what is known of documents that seem to have moved to another owner
 * @param restarts restarts that were ordered, for this plan to carry out
 */
public record Target(
    ResourceName host,
    String revision,
    int allowedDeletes,
    @Nullable PriorRevision before,
    DocumentMoves moves,
    List<RestartOrder> restarts) {
  public Target {
    restarts = List.copyOf(restarts);
  }

  /** What was ordered about an instance; null for nothing. */
  public @Nullable RestartOrder order(ResourceName instance) {
    return restarts.stream()
        .filter(order -> order.instance().equals(instance))
        .findFirst()
        .orElse(null);
  }
}
