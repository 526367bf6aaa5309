package dev.fjord.model;

import dev.fjord.problem.Location;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One virtual machine as declared, with every default filled in.
 *
 * @param swap zero for none
 * @param hostname a host name label
 * @param keys root's, the partner's where the document names none
 * @param root how large its root is; null for as large as its image. In a document the size that
 *     was asked for, in a record the size that it has
 * @param health how it is watched
 * @param cpu what it gets of the host's processors
 * @param guest the settings that the guest gets at its start
 * @param shared versions of images that it reads beside its root, in common with others
 * @param capture what the host keeps of its traffic; null for nothing
 * @param where the document; null when this was read from a record beside the disks
 */
public record Instance(
    ResourceName name,
    Owner owner,
    ResourceName host,
    ResourceName image,
    ResourceName kernel,
    ByteSize memory,
    ByteSize swap,
    List<Volume> volumes,
    List<Nic> network,
    Power power,
    StartOrder start,
    ResourceName hostname,
    List<AuthorizedKey> keys,
    ImageChangePolicy onImageChange,
    RestartPolicy restart,
    @Nullable ByteSize root,
    Health health,
    CpuShare cpu,
    GuestSettings guest,
    List<ImageVersion> shared,
    @Nullable Capture capture,
    @Nullable Location where) {
  /** Records of older agents lack some of these. */
  @SuppressWarnings("NullAway")
  public Instance {
    health = health == null ? Health.USUAL : health;
    cpu = cpu == null ? CpuShare.USUAL : cpu;
    guest = guest == null ? GuestSettings.USUAL : guest;
    shared = shared == null ? List.of() : List.copyOf(shared);
    volumes = List.copyOf(volumes);
    network = List.copyOf(network);
    keys = List.copyOf(keys);
  }

  /** What its swap, its volumes and its capture may take in all; its root counts apart. */
  public ByteSize disk() {
    ByteSize kept = capture == null ? ByteSize.ZERO : capture.total();
    return volumes.stream().map(Volume::size).reduce(swap.plus(kept), ByteSize::plus);
  }

  /** The same instance, wherever it is declared: what a record keeps, and what is compared. */
  public Instance withoutPlace() {
    return new Instance(
        name,
        owner,
        host,
        image,
        kernel,
        memory,
        swap,
        volumes,
        network,
        power,
        start,
        hostname,
        keys,
        onImageChange,
        restart,
        root,
        health,
        cpu,
        guest,
        shared,
        capture,
        null);
  }

  /** The ports of the host that lead to it. */
  public List<PortForward> forwards() {
    return network.stream().flatMap(nic -> nic.ports().stream()).toList();
  }

  /** The same instance under another name, and with another owner. */
  public Instance named(ResourceName newName, Owner newOwner) {
    return new Instance(
        newName,
        newOwner,
        host,
        image,
        kernel,
        memory,
        swap,
        volumes,
        network,
        power,
        start,
        hostname,
        keys,
        onImageChange,
        restart,
        root,
        health,
        cpu,
        guest,
        shared,
        capture,
        where);
  }

  /** The same instance on another image and with other volumes. */
  public Instance withDisks(ResourceName newImage, List<Volume> newVolumes) {
    return new Instance(
        name,
        owner,
        host,
        newImage,
        kernel,
        memory,
        swap,
        newVolumes,
        network,
        power,
        start,
        hostname,
        keys,
        onImageChange,
        restart,
        root,
        health,
        cpu,
        guest,
        shared,
        capture,
        where);
  }

  /** The same instance with a root of another size. */
  public Instance withRoot(@Nullable ByteSize newRoot) {
    return new Instance(
        name,
        owner,
        host,
        image,
        kernel,
        memory,
        swap,
        volumes,
        network,
        power,
        start,
        hostname,
        keys,
        onImageChange,
        restart,
        newRoot,
        health,
        cpu,
        guest,
        shared,
        capture,
        where);
  }

  /** The same instance with other interfaces. */
  public Instance withNetwork(List<Nic> newNetwork) {
    return new Instance(
        name,
        owner,
        host,
        image,
        kernel,
        memory,
        swap,
        volumes,
        newNetwork,
        power,
        start,
        hostname,
        keys,
        onImageChange,
        restart,
        root,
        health,
        cpu,
        guest,
        shared,
        capture,
        where);
  }
}
