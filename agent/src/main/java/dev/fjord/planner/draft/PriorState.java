package dev.fjord.planner.draft;

import dev.fjord.model.Desired;
import dev.fjord.model.Filters;
import dev.fjord.model.Kernel;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.plan.Cause;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.PriorRevision;
import dev.fjord.plan.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was asked for before this revision and is in no record beside the disks. A difference that
 * would be put right in the same way under the earlier revision is drift; any other difference is
 * there because a document changed.
 *
 * @param desired this revision, with the switches and kernels as they were before
 */
public record PriorState(Desired desired) {

  /**
   * Taken from the revision that was in force before. Where there is none, it is taken from the
   * switches that the filters were last made from, which are those of the applied revision. Where
   * there are none either, nothing has changed.
   */
  public static PriorState of(Desired now, Observed observed, Target target) {
    PriorRevision before = target.before();
    Filters filters = observed.filters().inForce();
    if (before != null) {
      return new PriorState(with(now, before.switches(), before.kernels()));
    }
    if (filters == null) {
      return new PriorState(now);
    }
    // Filters do not know a switch as long as nothing on it is filtered.
    Map<ResourceName, Switch> switches = new HashMap<>(now.switches());
    filters.switches().forEach(one -> switches.put(one.name(), one));
    return new PriorState(with(now, switches, now.kernels()));
  }

  private static Desired with(
      Desired d, Map<ResourceName, Switch> switches, Map<ResourceName, Kernel> kernels) {
    return new Desired(
        d.site(),
        d.hosts(),
        kernels,
        d.images(),
        switches,
        d.partners(),
        d.instances(),
        d.held(),
        d.contests(),
        d.displaced(),
        d.renames());
  }

  /**
   * Why fields are put right.
   *
   * @param now what differs from what is asked for
   * @param then what differs from what was asked for before
   */
  public static Cause cause(List<FieldChange> now, List<FieldChange> then) {
    Set<FieldChange> drift = new HashSet<>(then);
    return drift.containsAll(now) ? Cause.CORRECTIVE : Cause.INTENDED;
  }
}
