package dev.fjord.planner.instance;

import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Volume;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.plan.Target;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Inputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What would leave the host, and whether it may: a revision removes no more instances and volumes
 * than the site's budget, unless its commit says so in a trailer.
 *
 * @param leaving instances whose documents are gone
 * @param volumes how many volumes of staying instances would go
 */
public record Deletions(List<InstanceRecord> leaving, int volumes) {

  static Deletions of(EffectiveInstances wanted, Observed observed) {
    List<InstanceRecord> leaving = new ArrayList<>();
    int volumes = 0;
    for (ObservedInstance seen : observed.instances()) {
      InstanceRecord record = seen.record();
      if (record == null) {
        continue;
      }
      Instance instance = wanted.of(record);
      if (instance == null) {
        leaving.add(record);
      } else {
        volumes += removedVolumes(record.applied(), instance);
      }
    }
    return new Deletions(leaving, volumes);
  }

  private static int removedVolumes(Instance before, Instance now) {
    Set<ResourceName> kept =
        now.volumes().stream().map(Volume::name).collect(Collectors.toUnmodifiableSet());
    return (int) before.volumes().stream().filter(v -> !kept.contains(v.name())).count();
  }

  int count() {
    return leaving.size() + volumes;
  }

  boolean within(Desired desired, Target target) {
    return count() <= Math.max(desired.site().deletionBudget(), target.allowedDeletes());
  }

  /** The decision on what would leave: all of it leaves, or none of it does. */
  public Decisions decide(Inputs inputs) {
    Draft draft = new Draft();
    if (within(inputs.desired(), inputs.target())) {
      plan(draft, inputs.observed());
    } else {
      refuse(draft, inputs.desired());
    }
    return draft.decisions();
  }

  private void refuse(Draft draft, Desired desired) {
    String names =
        leaving.stream()
            .limit(10)
            .map(record -> record.name().value())
            .collect(Collectors.joining(", "));
    draft.refuse(
        "deletion-budget",
        dev.fjord.model.Owner.SITE,
        "this revision would remove "
            + leaving.size()
            + " instances"
            + (names.isEmpty() ? "" : " (" + names + (leaving.size() > 10 ? ", …" : "") + ")")
            + " and "
            + volumes
            + " volumes, and the Site allows "
            + desired.site().deletionBudget()
            + " at once; nothing is removed",
        "If it is meant, say so in the commit's message: 'Fjord-Allow-Deletes: " + count() + "'.");
  }

  private void plan(Draft draft, Observed observed) {
    for (InstanceRecord record : leaving) {
      draft.add(
          new Change(
              Change.id(Action.DELETE, Kind.INSTANCE, record.name().value()),
              Action.DELETE,
              Kind.INSTANCE,
              record.name(),
              record.owner(),
              Cause.INTENDED,
              "its document is gone; its disks go to the trash, its addresses stay its own",
              Disruption.DATA,
              List.of(),
              List.of(),
              List.of(),
              new Step.DeleteInstance(record.name(), taps(record, observed))));
    }
  }

  /** The taps of an instance that are there. */
  static List<InterfaceName> taps(InstanceRecord record, Observed observed) {
    return observed.ports().stream()
        .filter(port -> record.name().equals(port.instance()))
        .map(ObservedPort::tap)
        .toList();
  }
}
