package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Switch;
import dev.fjord.model.Volume;
import dev.fjord.plan.FieldChange;
import dev.fjord.planner.network.PortChanges;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a running kernel differs from its instance's goal.
 *
 * @param record what it should come to
 */
record RunningDrift(
    Desired desired, Observed observed, InstanceRecord record, ObservedInstance seen) {
  private static final Pattern FURTHER =
      Pattern.compile("network\\.([0-9])" + Pattern.quote(BootFields.ADDRESSES));

  /** The fields that only a restart changes. */
  List<FieldChange> fields(KernelInvocation wanted) {
    RunningKernel kernel = Objects.requireNonNull(seen.kernel());
    ByteSize swap = seen.disks().swap() == null ? ByteSize.ZERO : seen.disks().swap();
    Map<ResourceName, ByteSize> volumes =
        record.applied().volumes().stream().collect(Collectors.toMap(Volume::name, Volume::size));
    List<FieldChange> changes =
        BootFields.changes(
            BootFields.of(kernel.boot(), swap, devices()),
            BootFields.of(wanted, record.applied().swap(), volumes));
    List<FieldChange> all =
        new ArrayList<>(
            new RootSize(desired, observed).told(changes, Objects.requireNonNull(seen.record())));
    all.addAll(lostForGood());
    return all;
  }

  /**
   * Whether it can run on as it is and take all of this up when it starts next. That is so for name
   * servers that are new to it or are added to those that it has, for their domain, for its time
   * zone, for other versions of shared images, and for further addresses that it no longer has,
   * which its filter takes from it.
   */
  boolean canWait(List<FieldChange> fields) {
    return fields.stream().allMatch(field -> isGain(field) || isTaken(field));
  }

  /** Says what the guest learns only when it starts next, and why it is not restarted for that. */
  static String waitsFor(List<FieldChange> fields) {
    return fields.stream().allMatch(field -> field.path().endsWith(BootFields.ADDRESSES))
        ? "it cannot use the address that it no longer has, is told so when it starts next, and is"
            + " not restarted for that"
        : "it is told of "
            + subjects(fields)
            + " when it starts next, and is not restarted for that";
  }

  private static String subjects(List<FieldChange> fields) {
    return fields.stream()
        .map(FieldChange::path)
        .map(path -> {
          if (path.startsWith(BootFields.SHARED)) {
            return "a new version of image " + path.substring(BootFields.SHARED.length());
          }
          if (path.endsWith(BootFields.ADDRESSES)) {
            return "the addresses that are left to it";
          }
          return path.equals(BootFields.TIME_ZONE) ? "its time zone" : "its name servers";
        })
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /**
   * Only a filter takes an address away: without one the guest would go on answering for an address
   * that another instance has by now.
   */
  private boolean isTaken(FieldChange field) {
    Matcher which = FURTHER.matcher(field.path());
    if (!which.matches() || field.from() == null) {
      return false;
    }
    int index = Integer.parseInt(which.group(1));
    Switch network =
        index < record.leases().size()
            ? desired.switches().get(record.leases().get(index).network())
            : null;
    return network != null
        && network.traffic().filtered()
        && words(field.from()).containsAll(words(field.to()));
  }

  private static boolean isGain(FieldChange field) {
    return switch (field.path()) {
      case BootFields.NAME_SERVERS ->
          field.from() == null || !Collections.disjoint(words(field.from()), words(field.to()));
      case BootFields.SEARCHED -> field.from() == null;
      case BootFields.TIME_ZONE -> true;
      default -> // Another version of what it has.
          field.path().startsWith(BootFields.SHARED) && field.from() != null && field.to() != null;
    };
  }

  private static List<String> words(@Nullable String value) {
    return value == null ? List.of() : List.of(value.split(", ", -1));
  }

  /** Taps that were deleted and that only a newly started kernel takes up again. */
  List<FieldChange> lostForGood() {
    RunningKernel kernel = Objects.requireNonNull(seen.kernel());
    if (kernel.lost().mendable()) {
      return List.of();
    }
    return record.leases().stream()
        .filter(lease -> kernel.lost().taps().contains(lease.tap()))
        .map(lease -> {
          String now = lease.network() + PortChanges.LOST;
          return new FieldChange(lease.tap().value(), now, lease.network().value());
        })
        .toList();
  }

  /**
   * The volumes as the kernel has them: a device keeps the length that its file had at the start,
   * and a start comes after the record. A file's length is the guest's to change, if it broke out.
   */
  private Map<ResourceName, ByteSize> devices() {
    Map<ResourceName, ByteSize> devices = new HashMap<>(seen.disks().volumes());
    Objects.requireNonNull(seen.record()).applied().volumes().stream()
        .filter(volume -> devices.containsKey(volume.name()))
        .forEach(volume -> devices.put(volume.name(), volume.size()));
    return devices;
  }
}
