package dev.fjord.plan;

import dev.fjord.model.ResourceName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values for tests, of which a few parts matter and the others are what is usual. */
public final class PlanFixtures {
  private PlanFixtures() {}

  /** Without an order. */
  public static Target target(
      ResourceName host,
      String revision,
      int allowedDeletes,
      @Nullable PriorRevision before,
      DocumentMoves moves) {
    return new Target(host, revision, allowedDeletes, before, moves, List.of());
  }

  /** For a commit of which nobody knows what was in force before. */
  public static Target target(ResourceName host, String revision, int allowedDeletes) {
    return target(host, revision, allowedDeletes, null, DocumentMoves.UNKNOWN);
  }
}
