package dev.fjord.model;

import java.util.List;

/**
 * What is kept beside an instance's disks: the truth about whose they are and what they are.
 *
 * @param identity given at creation, never changed
 * @param uid the user that its kernel runs as; never given to another while the record exists
 * @param leases in the order of {@code applied.network()}
 * @param base the image version that the root's COW stands on
 * @param kernel the version of {@code applied.kernel()} that it was last told to run
 * @param revision the commit that was applied last
 * @param applied the instance as it was applied last
 */
public record InstanceRecord(
    Identity identity,
    int uid,
    List<Lease> leases,
    Digest base,
    Digest kernel,
    String revision,
    Instance applied) {
  public InstanceRecord {
    leases = List.copyOf(leases);
    applied = applied.withoutPlace();
  }

  public ResourceName name() {
    return applied.name();
  }

  public Owner owner() {
    return applied.owner();
  }

  /** Whether a root made for {@code other} is the root that this record speaks of. */
  public boolean hasRootOf(InstanceRecord other) {
    return base.equals(other.base) && applied.image().equals(other.applied.image());
  }

  public InstanceRecord withRevision(String newRevision) {
    return new InstanceRecord(identity, uid, leases, base, kernel, newRevision, applied);
  }
}
