package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.TrashUse;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.Volume;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What lies in the trash of a host. */
record TrashContents(Observed observed) {
  ByteSize all() {
    return sum(observed.trashUse().stream());
  }

  /** The size of all but what comes back; null when nothing does. */
  ByteSize without(@Nullable TrashedInstance back) {
    return all().lessOrZero(sizeOf(back));
  }

  /** The size of an instance that comes back; zero for null. */
  ByteSize sizeOf(@Nullable TrashedInstance back) {
    return back == null
        ? ByteSize.ZERO
        : sum(observed.trashUse().stream().filter(one -> one.folder().equals(back.folder())));
  }

  /** What an owner has there, the largest first. */
  List<TrashUse> of(Owner owner) {
    return observed.trashUse().stream()
        .filter(one -> one.record() != null && one.record().owner().equals(owner))
        .sorted(Comparator.comparing(TrashUse::bytes).reversed().thenComparing(TrashUse::folder))
        .toList();
  }

  /** The size of the volumes that an instance gets back when they are declared again. */
  ByteSize volumesFor(InstanceRecord wanted, InstanceRecord before) {
    return sum(
        wanted.applied().volumes().stream()
            .filter(volume ->
                before.applied().volumes().stream()
                    .noneMatch(other -> other.name().equals(volume.name())))
            .map(volume -> volume(volume, wanted))
            .filter(Objects::nonNull));
  }

  /** The volume in the trash that comes back when it is declared; null for none. */
  @Nullable TrashUse volume(Volume declared, InstanceRecord record) {
    return observed.trashUse().stream()
        .filter(one -> isOf(one, record))
        .filter(one ->
            one.volume() != null
                && one.volume().name().equals(declared.name())
                && one.volume().size().compareTo(declared.size()) <= 0)
        .max(Comparator.comparing(TrashUse::folder))
        .orElse(null);
  }

  /** The folder of the trash. */
  Path folder() {
    return observed.layout().trash();
  }

  /** Whether a root on that version lies there and comes back. */
  boolean hasRootFor(InstanceRecord wanted) {
    return observed.trashedRoots().stream()
        .anyMatch(root ->
            root.record() != null
                && root.record().identity().equals(wanted.identity())
                && root.record().hasRootOf(wanted));
  }

  private static boolean isOf(TrashUse one, InstanceRecord record) {
    return one.record() != null && one.record().identity().equals(record.identity());
  }

  static ByteSize sum(Stream<TrashUse> uses) {
    return uses.map(TrashUse::bytes).reduce(ByteSize.ZERO, ByteSize::plus);
  }

  /** The size in whole mebibytes, for a person to read. */
  static ByteSize rounded(ByteSize size) {
    return ByteSize.mib(size.mebibytes());
  }
}
