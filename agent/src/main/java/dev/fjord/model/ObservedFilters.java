package dev.fjord.model;

import dev.fjord.problem.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is filtered on a host.
 *
 * @param inForce what the tables say, exactly; null when they are not there, or not as fjord made
 *     them
 * @param dropped frames dropped since the host was started because their sender had no right to
 *     send them
 * @param fault why filters cannot be set: no nft(8), or a table of that name that fjord did not
 *     make; null when they can
 */
public record ObservedFilters(
    @Nullable Filters inForce, Map<ResourceName, SpoofedFrames> dropped, @Nullable Problem fault) {
  public static final ObservedFilters NONE = new ObservedFilters(null, Map.of(), null);

  public ObservedFilters {
    dropped = Map.copyOf(dropped);
  }
}
