package dev.fjord.plan;

import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which instances a host should have, and how: the revision's, but a held owner's as they were last
 * applied, and of contested ones those whose claims count alone.
 *
 * @param instances by name; those in {@code standing} exactly as their record says
 * @param standing names whose record is not to be changed now
 * @param open documents that contend with others for what nobody has yet
 * @param nameless documents whose name an instance has that stays as it is
 * @param kept why instances stay whose documents seem to be gone
 */
record Wanted(
    Map<ResourceName, Instance> instances,
    Map<ResourceName, InstanceRecord> standing,
    Set<Instance> open,
    List<Instance> nameless,
    List<Refusal> kept) {

  /**
   * What is wanted.
   *
   * @param barred documents that could not be granted: they stand for nothing, and whoever is there
   *     stays as it is
   */
  static Wanted of(Desired desired, Observed observed, ResourceName host, Set<Instance> barred) {
    Map<ResourceName, InstanceRecord> records = new TreeMap<>();
    observed.instances().stream()
        .map(ObservedInstance::record)
        .filter(Objects::nonNull)
        .forEach(record -> records.put(record.name(), record));
    Contenders contenders = Contenders.of(desired, records, host, barred);
    Map<ResourceName, Instance> instances = new TreeMap<>();
    Stream.concat(desired.instances().stream(), contenders.winners().stream())
        .filter(instance -> instance.host().equals(host) && !barred.contains(instance))
        .forEach(instance -> instances.put(instance.name(), instance));
    Map<ResourceName, InstanceRecord> standing = new HashMap<>();
    List<Instance> nameless = new ArrayList<>();
    Set<Holders.Holder> claiming = claiming(desired, barred);
    HeldBack heldBack = HeldBack.of(desired, observed, host);
    List<Refusal> kept = new ArrayList<>();
    for (InstanceRecord record : records.values()) {
      Instance document = instances.get(record.name());
      boolean isOwn = document != null && document.owner().equals(record.owner());
      boolean stands =
          desired.held().contains(record.owner())
              || !isOwn && claiming.contains(Holders.Holder.of(record));
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
    return new Wanted(
        instances, standing, contenders.open(), List.copyOf(nameless), List.copyOf(kept));
  }

  /** Whose documents are there, though they are not done now. */
  private static Set<Holders.Holder> claiming(Desired desired, Set<Instance> barred) {
    return Stream.concat(
            desired.contests().stream().flatMap(contest -> contest.claims().stream()),
            barred.stream())
        .map(Holders.Holder::of)
        .collect(Collectors.toSet());
  }

  /** The same, with every instance that would leave or lose a volume standing as it is. */
  Wanted keeping(Observed observed) {
    Map<ResourceName, Instance> all = new TreeMap<>(instances);
    Map<ResourceName, InstanceRecord> still = new HashMap<>(standing);
    for (ObservedInstance seen : observed.instances()) {
      InstanceRecord record = seen.record();
      if (record == null) {
        continue;
      }
      Instance now = instances.get(record.name());
      boolean loses =
          now == null
              || !now.owner().equals(record.owner())
              || AtRest.removesVolume(now, record.applied());
      if (loses) {
        all.put(record.name(), record.applied());
        still.put(record.name(), record);
      }
    }
    return new Wanted(all, still, open, nameless, kept);
  }
}
