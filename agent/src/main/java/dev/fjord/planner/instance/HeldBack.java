package dev.fjord.planner.instance;

import dev.fjord.model.Desired;
import dev.fjord.model.Displaced;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Lease;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.Rename;
import dev.fjord.plan.DocumentMoves;
import dev.fjord.plan.HandOver;
import dev.fjord.plan.Holder;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Target;
import dev.fjord.planner.address.SwitchAddress;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why an instance stays although its document seems to be gone: a document that could not be read
 * may be its own, or a document asks for its name or address and cannot have them as long as the
 * instance has its disks and addresses.
 *
 * @param here documents for this host, in an order that decides which of several is named
 * @param there names that instances on this host and in its trash have, with their owners
 */
record HeldBack(
    Desired desired, Renames renames, DocumentMoves moves, List<Instance> here, Set<Holder> there) {

  static HeldBack of(Desired desired, Observed observed, Target target, Renames renames) {
    List<Instance> here =
        DocumentMoves.documents(desired)
            .filter(document -> document.host().equals(target.host()))
            .distinct()
            // Of several that could be meant, the same one is named in whatever order they were
            // read.
            .sorted(
                Comparator.comparing(Instance::name)
                    .thenComparing(document -> document.owner().toString()))
            .toList();
    Set<Holder> there = new HashSet<>();
    observed.instances().stream()
        .filter(seen -> seen.record() != null)
        .forEach(seen -> there.add(Holder.of(seen.record())));
    observed.trash().forEach(trashed -> there.add(Holder.of(trashed.record())));
    return new HeldBack(desired, renames, target.moves(), here, there);
  }

  /** Why the instance of this record is not removed; null when it may be. */
  @Nullable Refusal why(InstanceRecord record) {
    Instance refused = renames.to(record);
    if (refused != null) {
      return refused(record, refused);
    }
    for (Rename rename : desired.renames()) {
      if (rename.owner().equals(record.owner()) && rename.from().equals(record.name())) {
        return taken(record, rename);
      }
    }
    for (Displaced document : desired.displaced()) {
      if (document.mayMean(record.name()) && !isApart(record, document.owner())) {
        return displaced(record, document);
      }
    }
    for (Instance document : here) {
      if (document.name().equals(record.name())
          && !document.owner().equals(record.owner())
          && !isApart(record, document.owner())) {
        return namesake(record, document);
      }
    }
    for (Instance document : here) {
      if (document.owner().equals(record.owner()) && isNew(document)) {
        SwitchAddress shared = shared(record, document);
        if (shared != null) {
          return successor(record, document, shared);
        }
      }
    }
    return null;
  }

  /** A document with the name of another owner's instance does not keep that from leaving. */
  private boolean isApart(InstanceRecord record, @Nullable Owner owner) {
    return owner != null
        && moves.apart().contains(new HandOver(record.name(), record.owner(), owner));
  }

  /** A document without an instance may be an existing instance by another name. */
  private boolean isNew(Instance document) {
    return !there.contains(Holder.of(document));
  }

  private static @Nullable SwitchAddress shared(InstanceRecord record, Instance document) {
    Set<SwitchAddress> held =
        record.leases().stream()
            .flatMap((Lease lease) -> SwitchAddress.of(lease))
            .collect(Collectors.toSet());
    return document.network().stream()
        .flatMap(SwitchAddress::of)
        .filter(held::contains)
        .findFirst()
        .orElse(null);
  }

  private Refusal displaced(InstanceRecord record, Displaced document) {
    if (document.name() == null) {
      return new Refusal(
          "held-back",
          Owner.SITE,
          "nothing is removed: "
              + document.where()
              + " cannot be read, and may be about any machine",
          "Mend or remove it; those without a document leave then.");
    }
    return new Refusal(
        "held-back",
        record.owner(),
        Holder.of(record)
            + " stays as it is: its document is gone, and the one at "
            + document.where()
            + ", which has no effect there, may be it",
        "Put it right. If the instance is to go, remove that document, too.");
  }

  private static Refusal taken(InstanceRecord record, Rename rename) {
    return new Refusal(
        "held-back",
        record.owner(),
        Holder.of(record)
            + " stays as it is: "
            + rename.to()
            + ", which says that it was formerly "
            + record.name()
            + ", is the name of another instance that is there",
        "Give it a name that nobody has. If " + record.name() + " is to go, take 'formerly' out.");
  }

  private static Refusal refused(InstanceRecord record, Instance document) {
    return new Refusal(
        "held-back",
        record.owner(),
        Holder.of(record)
            + " stays as it is: "
            + Holder.of(document)
            + ", which it is to be"
            + at(document)
            + ", is refused",
        "See why that is refused. Until then its old document may come back.");
  }

  private static Refusal namesake(InstanceRecord record, Instance document) {
    return new Refusal(
        "held-back",
        record.owner(),
        Holder.of(record)
            + " stays as it is: its document is gone, and "
            + document.owner()
            + " has one of its name"
            + at(document),
        "It is handed over where one commit takes its document out of the one folder and puts it"
            + " into the other. Put its document back, and move it so. If it is to go, remove the"
            + " other document first.");
  }

  private static Refusal successor(InstanceRecord record, Instance document, SwitchAddress shared) {
    return new Refusal(
        "held-back",
        record.owner(),
        Holder.of(record)
            + " stays as it is: its document is gone, and that of "
            + document.name()
            + at(document)
            + ", which is new, asks for its address "
            + shared.address(),
        "If "
            + document.name()
            + " is to be its new name, write 'metadata: {formerly: "
            + record.name()
            + "}'. If it is to go, let "
            + document.name()
            + " ask for another address.");
  }

  private static String at(Instance document) {
    return document.where() == null ? "" : " at " + document.where();
  }
}
