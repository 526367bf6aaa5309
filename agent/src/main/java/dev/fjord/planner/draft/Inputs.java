package dev.fjord.planner.draft;

import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.UidRange;
import dev.fjord.plan.Target;
import java.util.Objects;

/**
 * What a plan is made from, the same for each of its stages.
 *
 * @param desired the revision, with the MTU that each switch can have on this host
 * @param prior what was asked for before it
 */
public record Inputs(Desired desired, Observed observed, Target target, PriorState prior) {

  public static Inputs of(Desired desired, Observed observed, Target target) {
    return new Inputs(desired, observed, target, PriorState.of(desired, observed, target));
  }

  /** The user ids that this host may give away. */
  public UidRange uids() {
    return Objects.requireNonNull(desired.hosts().get(target.host())).uids();
  }
}
