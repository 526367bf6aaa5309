package dev.fjord.plan;

import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartOrder;
import java.util.List;
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
