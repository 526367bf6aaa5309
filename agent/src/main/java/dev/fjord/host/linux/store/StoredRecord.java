package dev.fjord.host.linux.store;

import dev.fjord.model.Digest;
import dev.fjord.model.Identity;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Lease;
import dev.fjord.model.LeftAddress;
import dev.fjord.model.MacAddress;
import dev.fjord.model.Rebase;
import dev.fjord.model.ResourceName;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An {@link InstanceRecord} as {@code instance.json} has it, version 1. What may be null here and
 * not there, records of older versions of fjord lack.
 */
record StoredRecord(
    Identity identity,
    int uid,
    List<StoredLease> leases,
    Digest base,
    Digest kernel,
    String revision,
    StoredInstance applied,
    @Nullable StoredRebase rebase,
    @Nullable List<StoredLeft> left) {
  StoredRecord {
    leases = List.copyOf(leases);
    left = left == null ? null : List.copyOf(left);
  }

  static StoredRecord of(InstanceRecord record) {
    Rebase rebase = record.rebase();
    return new StoredRecord(
        record.identity(),
        record.uid(),
        record.leases().stream().map(StoredLease::of).toList(),
        record.base(),
        record.kernel(),
        record.revision(),
        StoredInstance.of(record.applied()),
        rebase == null ? null : StoredRebase.of(rebase),
        record.left().stream().map(StoredLeft::of).toList());
  }

  /** Whether a field is missing that every version of fjord has written. */
  boolean isIncomplete() {
    return Stream.of(identity, base, kernel, revision).anyMatch(Objects::isNull);
  }

  InstanceRecord record() {
    return new InstanceRecord(
        identity,
        uid,
        leases.stream().map(StoredLease::lease).toList(),
        base,
        kernel,
        revision,
        applied.instance(),
        rebase == null ? null : rebase.rebase(),
        left == null ? List.of() : left.stream().map(StoredLeft::left).toList());
  }

  /**
   * @param further null in records of older versions of fjord
   */
  record StoredLease(
      ResourceName network,
      Ipv4Address address,
      @Nullable Ipv6Address address6,
      MacAddress mac,
      InterfaceName tap,
      @Nullable List<IpAddress> further) {
    StoredLease {
      further = further == null ? null : List.copyOf(further);
    }

    static StoredLease of(Lease lease) {
      return new StoredLease(
          lease.network(),
          lease.address(),
          lease.address6(),
          lease.mac(),
          lease.tap(),
          lease.further());
    }

    Lease lease() {
      return new Lease(network, address, address6, mac, tap, further == null ? List.of() : further);
    }
  }

  record StoredLeft(ResourceName network, IpAddress address, @Nullable Instant at) {
    static StoredLeft of(LeftAddress left) {
      return new StoredLeft(left.network(), left.address(), left.at());
    }

    LeftAddress left() {
      return new LeftAddress(network, address, at);
    }
  }

  record StoredRebase(StoredVersion from, StoredVersion to, @Nullable String failure) {
    static StoredRebase of(Rebase rebase) {
      return new StoredRebase(
          StoredVersion.of(rebase.from()), StoredVersion.of(rebase.to()), rebase.failure());
    }

    Rebase rebase() {
      return new Rebase(from.version(), to.version(), failure);
    }
  }
}
