package dev.fjord.planner.instance;

import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Holder;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Target;
import dev.fjord.plan.Waiting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which instances a host should have, and how: those of the revision, but a held owner's as they
 * were last applied, and of contested ones only those whose claims alone count.
 *
 * @param instances by name; those in {@code standing} exactly as their record says
 * @param standing names whose record is not to be changed now
 * @param open documents that contend with others for what no instance has yet
 * @param nameless documents whose name belongs to an instance that stays as it is
 * @param kept why instances stay whose documents seem to be gone
 * @param renamed by the names that they are to have, instances that have another one, or another
 *     owner, until now
 * @param waiting those that go on running under their old name for now
 */
public record EffectiveInstances(
    Map<ResourceName, Instance> instances,
    Map<ResourceName, InstanceRecord> standing,
    Set<Instance> open,
    List<Instance> nameless,
    List<Refusal> kept,
    Map<ResourceName, InstanceRecord> renamed,
    Collection<Waiting> waiting) {

  /**
   * What is wanted.
   *
   * @param barred documents that could not be granted: they count for nothing, and the instances
   *     that are there stay as they are
   */
  static EffectiveInstances of(
      Desired desired, Observed observed, Target target, Set<Instance> barred) {
    ResourceName host = target.host();
    Map<ResourceName, InstanceRecord> records = new TreeMap<>();
    observed.instances().stream()
        .map(ObservedInstance::record)
        .filter(Objects::nonNull)
        .forEach(record -> records.put(record.name(), record));
    Renames renames = Renames.of(desired, observed, target);
    Contenders contenders = Contenders.of(desired, records, host, renames, barred);
    Map<ResourceName, Instance> instances = new TreeMap<>();
    Stream.concat(desired.instances().stream(), contenders.winners().stream())
        .filter(instance -> instance.host().equals(host) && !barred.contains(instance))
        .filter(instance -> !renames.waiting().containsKey(instance))
        .forEach(instance -> instances.put(instance.name(), instance));
    Map<ResourceName, InstanceRecord> standing = new HashMap<>();
    List<Instance> nameless = new ArrayList<>();
    Set<Holder> claiming = claiming(desired, barred);
    HeldBack heldBack = HeldBack.of(desired, observed, target, renames);
    Map<ResourceName, InstanceRecord> renamed = new HashMap<>();
    List<Refusal> kept = new ArrayList<>();
    for (InstanceRecord record : records.values()) {
      Instance document = instances.get(record.name());
      boolean isOwn = document != null && document.owner().equals(record.owner());
      boolean stands =
          desired.held().contains(record.owner()) || !isOwn && claiming.contains(Holder.of(record));
      Instance successor = renames.to(record);
      if (successor != null && !stands && successor.equals(instances.get(successor.name()))) {
        renamed.put(successor.name(), record);
        continue;
      }
      stands |= successor != null && renames.waiting().containsKey(successor);
      Refusal why = stands || isOwn ? null : heldBack.why(record);
      if (why != null && !kept.contains(why)) {
        kept.add(why);
      }
      if (stands || why != null) {
        if (document != null) {
          nameless.add(document);
        }
        instances.put(record.name(), record.applied());
        standing.put(record.name(), record);
      }
    }
    return new EffectiveInstances(
        instances,
        standing,
        contenders.open(),
        List.copyOf(nameless),
        List.copyOf(kept),
        Map.copyOf(renamed),
        renames.waiting().values());
  }

  /** The holders whose documents are there, even where they are not carried out now. */
  private static Set<Holder> claiming(Desired desired, Set<Instance> barred) {
    return Stream.concat(
            desired.contests().stream().flatMap(contest -> contest.claims().stream()),
            barred.stream())
        .map(Holder::of)
        .collect(Collectors.toSet());
  }

  /** The same instances, but each that would leave or lose a volume stays as it is. */
  EffectiveInstances keeping(Observed observed) {
    Map<ResourceName, Instance> all = new TreeMap<>(instances);
    Map<ResourceName, InstanceRecord> still = new HashMap<>(standing);
    Map<ResourceName, InstanceRecord> stillRenamed = new HashMap<>(renamed);
    for (ObservedInstance seen : observed.instances()) {
      InstanceRecord record = seen.record();
      if (record == null) {
        continue;
      }
      Instance now = of(record);
      if (now == null || StoppedInstance.removesVolume(now, record.applied())) {
        if (now != null && stillRenamed.remove(now.name(), record)) {
          all.remove(now.name());
        }
        all.put(record.name(), record.applied());
        still.put(record.name(), record);
      }
    }
    return new EffectiveInstances(
        all, still, open, nameless, kept, Map.copyOf(stillRenamed), waiting);
  }

  /** The instance that a record's is to become, under whatever name; null where it leaves. */
  @Nullable Instance of(InstanceRecord record) {
    for (Map.Entry<ResourceName, InstanceRecord> one : renamed.entrySet()) {
      if (one.getValue().equals(record)) {
        return instances.get(one.getKey());
      }
    }
    Instance now = instances.get(record.name());
    return now == null || renamed.containsKey(now.name()) || !now.owner().equals(record.owner())
        ? null
        : now;
  }
}
