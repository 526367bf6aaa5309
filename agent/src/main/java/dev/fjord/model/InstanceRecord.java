package dev.fjord.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept beside an instance's disks: the truth about whose they are and what they are.
 *
 * @param identity given at creation, never changed
 * @param uid the user that its kernel runs as; never given to another while the record exists
 * @param leases in the order of {@code applied.network()}
 * @param base the image version that the root's COW stands on
 * @param kernel the version of {@code applied.kernel()} that it was last given to run
 * @param revision the commit that was applied last
 * @param applied the instance as it was applied last
 * @param rebase the version that its root is being carried over to, or could not be carried over
 *     to; null for none
 * @param left addresses that it had before, the latest last
 */
public record InstanceRecord(
    Identity identity,
    int uid,
    List<Lease> leases,
    Digest base,
    Digest kernel,
    String revision,
    Instance applied,
    @Nullable Rebase rebase,
    List<LeftAddress> left) {
  /** Records of older agents say nothing about addresses that were left. */
  @SuppressWarnings("NullAway")
  public InstanceRecord {
    leases = List.copyOf(leases);
    applied = applied.withoutPlace();
    left = left == null ? List.of() : List.copyOf(left);
  }

  /** A record of an instance that never had another address. */
  public InstanceRecord(
      Identity identity,
      int uid,
      List<Lease> leases,
      Digest base,
      Digest kernel,
      String revision,
      Instance applied,
      @Nullable Rebase rebase) {
    this(identity, uid, leases, base, kernel, revision, applied, rebase, List.of());
  }

  public ResourceName name() {
    return applied.name();
  }

  /** The taps of its leases. */
  public List<InterfaceName> taps() {
    return leases.stream().map(Lease::tap).toList();
  }

  public Owner owner() {
    return applied.owner();
  }

  /** Whether a root made for {@code other} is the one of this record, or a smaller form of it. */
  public boolean hasRootOf(InstanceRecord other) {
    return version().equals(other.version());
  }

  /** What its root stands on. */
  public ImageVersion version() {
    return new ImageVersion(applied.image(), base);
  }

  /** Whether its root is that of {@code before}, made larger. */
  public boolean growsRootOf(InstanceRecord before) {
    ByteSize root = applied.root();
    return hasRootOf(before) && root != null && !root.equals(before.applied.root());
  }

  /** The same record, with a root on that version. */
  public InstanceRecord on(ImageVersion version) {
    Instance there = applied.withDisks(version.image(), applied.volumes());
    return new InstanceRecord(
        identity, uid, leases, version.digest(), kernel, revision, there, rebase, left);
  }

  /**
   * Whether its root is to be carried over, or was carried over and the instance has not answered
   * yet.
   */
  public boolean isBeingRebased() {
    return rebase != null && rebase.isUnderWay();
  }

  /** Whether its root is put back from a version that failed for it. */
  public boolean isPutBackFrom(InstanceRecord before) {
    return rebase != null
        && !rebase.isUnderWay()
        && version().equals(rebase.from())
        && before.version().equals(rebase.to());
  }

  public InstanceRecord withRevision(String newRevision) {
    return new InstanceRecord(
        identity, uid, leases, base, kernel, newRevision, applied, rebase, left);
  }

  public InstanceRecord withRebase(@Nullable Rebase newRebase) {
    return new InstanceRecord(
        identity, uid, leases, base, kernel, revision, applied, newRebase, left);
  }

  /** The addresses that it has left once it holds {@code now}. */
  public List<LeftAddress> leftFor(List<Lease> now) {
    return leases.equals(now) ? left : LeftAddress.of(this, now);
  }

  /** The same record, with {@code now} as the time of each left address that has none. */
  public InstanceRecord stamped(Instant now) {
    return new InstanceRecord(
        identity,
        uid,
        leases,
        base,
        kernel,
        revision,
        applied,
        rebase,
        left.stream().map(one -> one.stamped(now)).toList());
  }

  /**
   * The same record under the name and with the owner of another, whose taps are called by that
   * name; everything else is as it was.
   */
  public InstanceRecord named(InstanceRecord other) {
    List<Lease> named = new ArrayList<>();
    for (int i = 0; i < leases.size(); i++) {
      Lease lease = leases.get(i);
      named.add(i < other.leases.size() ? lease.on(other.leases.get(i).tap()) : lease);
    }
    return new InstanceRecord(
        identity,
        uid,
        named,
        base,
        kernel,
        revision,
        applied.named(other.name(), other.owner()),
        rebase,
        left);
  }

  /** The same record, with the addresses of another. */
  public InstanceRecord withAddressesOf(InstanceRecord other) {
    return new InstanceRecord(
        identity, uid, other.leases, base, kernel, revision, applied, rebase, other.left);
  }

  /**
   * What its document says of an interface; null where a run that brought it back from the trash
   * was cut off after it had recorded the addresses and before it had recorded the document.
   */
  public @Nullable Nic nic(int index) {
    return index < applied.network().size() ? applied.network().get(index) : null;
  }

  /** The interface, counted from 0, by which packets for other networks leave. */
  public int defaultRoute() {
    for (int i = 0; i < leases.size(); i++) {
      Nic nic = nic(i);
      if (nic != null && nic.defaultRoute()) {
        return i;
      }
    }
    return 0;
  }
}
