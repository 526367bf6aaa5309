package dev.fjord.planner.instance;

import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Power;
import dev.fjord.model.Rename;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.DocumentMoves;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.HandOver;
import dev.fjord.plan.Holder;
import dev.fjord.plan.Target;
import dev.fjord.plan.Waiting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Instances that get another name or another owner by this revision.
 *
 * @param from the instance that a document is about, where it has another name or owner than the
 *     document
 * @param waiting those of them that go on running under their old name for now
 */
record Renames(Map<Instance, InstanceRecord> from, Map<Instance, Waiting> waiting) {

  static Renames of(Desired desired, Observed observed, Target target) {
    Map<ResourceName, ObservedInstance> there = new HashMap<>();
    observed.instances().forEach(seen -> there.put(seen.name(), seen));
    Set<Holder> declared = DocumentMoves.declared(desired);
    Map<Instance, InstanceRecord> from = new HashMap<>();
    Map<Instance, Waiting> waiting = new HashMap<>();
    Map<ResourceName, List<Instance>> documents =
        DocumentMoves.documents(desired)
            .distinct()
            .filter(document -> document.host().equals(target.host()))
            .filter(document -> former(document, desired, there, target) != null)
            .collect(
                Collectors.groupingBy(
                    document -> Objects.requireNonNull(former(document, desired, there, target))));
    documents.forEach((name, rivals) -> {
      ObservedInstance seen = Objects.requireNonNull(there.get(name));
      InstanceRecord record = Objects.requireNonNull(seen.record());
      if (rivals.size() > 1
          || declared.contains(Holder.of(record))
          || desired.held().contains(record.owner())) {
        return;
      }
      Instance document = rivals.get(0);
      from.put(document, record);
      Waiting wait = wait(document, seen, desired, observed);
      if (wait != null) {
        waiting.put(document, wait);
      }
    });
    return new Renames(Map.copyOf(from), Map.copyOf(waiting));
  }

  /**
   * The name that the document's instance has on this host; null where it is the document's own.
   */
  private static @Nullable ResourceName former(
      Instance document,
      Desired desired,
      Map<ResourceName, ObservedInstance> there,
      Target target) {
    ObservedInstance namesake = there.get(document.name());
    InstanceRecord record = namesake == null ? null : namesake.record();
    if (record != null) {
      HandOver handOver = new HandOver(document.name(), record.owner(), document.owner());
      return target.moves().together().contains(handOver) ? document.name() : null;
    }
    return namesake != null
        ? null
        : desired.renames().stream()
            .filter(one -> one.owner().equals(document.owner()))
            .filter(one -> one.to().equals(document.name()))
            .map(Rename::from)
            .filter(old -> isOf(there.get(old), document))
            .findFirst()
            .orElse(null);
  }

  /** No owner can rename the instance of another. */
  private static boolean isOf(@Nullable ObservedInstance seen, Instance document) {
    return seen != null && seen.record() != null && seen.record().owner().equals(document.owner());
  }

  /** Its folder, its tap and its group bear its name: a kernel that runs has to end first. */
  private static @Nullable Waiting wait(
      Instance document, ObservedInstance seen, Desired desired, Observed observed) {
    if (seen.kernel() == null
        || seen.name().equals(document.name())
        || document.power() == Power.STOPPED) {
      return null;
    }
    Waiting.Until until = RunningInstance.until(document.restart(), desired.site(), observed.at());
    return until == null
        ? null
        : new Waiting(
            seen.name(),
            document.owner(),
            until,
            "it is called "
                + document.name()
                + " from its next start on, which waits "
                + RunningInstance.words(until)
                + " ('restart' of its document)",
            List.of(new FieldChange("name", seen.name().value(), document.name().value())));
  }

  /** The record of the instance that a document is about; null for that of its own name. */
  @Nullable InstanceRecord of(Instance document) {
    return from.get(document);
  }

  /** The document that an instance has by another name or owner; null for none. */
  @Nullable Instance to(InstanceRecord record) {
    return from.entrySet().stream()
        .filter(one -> one.getValue().equals(record))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }
}
