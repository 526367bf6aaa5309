package dev.fjord.model;

import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values for tests, of which a few parts matter and the others are what is usual. */
public final class ModelFixtures {
  private ModelFixtures() {}

  /** With the usual times between full reads, and between looks at running instances. */
  public static AgentSettings agentSettings(
      String repository,
      String branch,
      ResourceName host,
      Layout layout,
      Duration poll,
      @Nullable Path identity,
      @Nullable Path knownHosts,
      Duration readyTimeout,
      Duration stopTimeout) {
    return new AgentSettings(
        repository,
        branch,
        host,
        layout,
        poll,
        identity,
        knownHosts,
        readyTimeout,
        stopTimeout,
        AgentSettings.VERIFY,
        AgentSettings.WATCH,
        null,
        List.of());
  }

  /** One in which every document is where it belongs, and nobody has another name than before. */
  public static Desired desired(
      Site site,
      Map<ResourceName, Host> hosts,
      Map<ResourceName, Kernel> kernels,
      Map<ResourceName, Image> images,
      Map<ResourceName, Switch> switches,
      Map<ResourceName, Partner> partners,
      List<Instance> instances,
      Set<Owner> held,
      List<Contest> contests) {
    return new Desired(
        site, hosts, kernels, images, switches, partners, instances, held, contests, List.of(),
        List.of());
  }

  /** One without blocks. */
  public static FilteredPort filteredPort(
      ResourceName instance,
      Owner owner,
      Lease lease,
      @Nullable Rate rate,
      List<PortForward> forwards,
      boolean behindDaemon,
      boolean defaultRoute) {
    return new FilteredPort(
        instance, owner, lease, rate, forwards, behindDaemon, defaultRoute, List.of());
  }

  /** One that has the default route. */
  public static FilteredPort filteredPort(
      ResourceName instance,
      Owner owner,
      Lease lease,
      @Nullable Rate rate,
      List<PortForward> forwards,
      boolean behindDaemon) {
    return filteredPort(instance, owner, lease, rate, forwards, behindDaemon, true);
  }

  /** One with a tap of its own, and the default route. */
  public static FilteredPort filteredPort(
      ResourceName instance,
      Owner owner,
      Lease lease,
      @Nullable Rate rate,
      List<PortForward> forwards) {
    return filteredPort(instance, owner, lease, rate, forwards, false);
  }

  /** With the usual watermarks. */
  public static Host host(
      ResourceName name,
      ByteSize memory,
      ByteSize disk,
      ByteSize reservedMemory,
      ByteSize reservedDisk,
      double memoryOvercommit,
      double diskOvercommit,
      UidRange uids) {
    return new Host(
        name,
        memory,
        disk,
        reservedMemory,
        reservedDisk,
        memoryOvercommit,
        diskOvercommit,
        Watermarks.USUAL,
        uids);
  }

  /** One that is stored as it is. */
  public static Image image(ResourceName name, Source source, Digest sha256, ByteSize size) {
    return new Image(name, new ImageOrigin.Disk(source, sha256), size);
  }

  /** One whose root is as large as its image, watched as usual. */
  public static Instance instance(
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
      @Nullable Location where) {
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
        null,
        Health.USUAL,
        CpuShare.USUAL,
        GuestSettings.USUAL,
        List.of(),
        null,
        where);
  }

  /** Of a version that nobody has to know, for guests as they mostly are. */
  public static Kernel kernel(ResourceName name, Source source, Digest sha256) {
    return new Kernel(name, source, sha256, null, false);
  }

  /** Without further addresses. */
  public static Lease lease(
      ResourceName network,
      Ipv4Address address,
      @Nullable Ipv6Address address6,
      MacAddress mac,
      InterfaceName tap) {
    return new Lease(network, address, address6, mac, tap, List.of());
  }

  /** Of a switch without IPv6. */
  public static Lease lease(
      ResourceName network, Ipv4Address address, MacAddress mac, InterfaceName tap) {
    return lease(network, address, null, mac, tap);
  }

  /** One that does not ask for the default route. */
  public static Nic nic(
      ResourceName network,
      @Nullable Ipv4Address address,
      @Nullable Ipv6Address address6,
      @Nullable Rate rate,
      List<PortForward> ports) {
    return new Nic(network, address, address6, rate, ports, false, List.of(), List.of());
  }

  /** One that says no more. */
  public static Nic nic(ResourceName network, @Nullable Ipv4Address address) {
    return nic(network, address, null, null, List.of());
  }

  /** With nothing else on the host. */
  public static Observed observed(
      Layout layout,
      Instant at,
      List<StoredKernel> kernels,
      List<StoredImage> images,
      List<ObservedBridge> bridges,
      List<ObservedPort> ports,
      List<ObservedInstance> instances,
      List<TrashedInstance> trash,
      List<TrashedRoot> trashedRoots,
      List<TrashUse> trashUse,
      ObservedFilters filters,
      List<ObservedDaemon> daemons,
      ObservedNames names,
      Map<ResourceName, Ailment> ailments,
      Set<Integer> strayUids,
      List<Problem> problems) {
    return new Observed(
        layout,
        at,
        kernels,
        images,
        bridges,
        ports,
        instances,
        trash,
        trashedRoots,
        trashUse,
        filters,
        daemons,
        names,
        ailments,
        strayUids,
        null,
        problems,
        Surroundings.NONE);
  }

  /** Without a stray. */
  public static Observed observed(
      Layout layout,
      Instant at,
      List<StoredKernel> kernels,
      List<StoredImage> images,
      List<ObservedBridge> bridges,
      List<ObservedPort> ports,
      List<ObservedInstance> instances,
      List<TrashedInstance> trash,
      List<TrashedRoot> trashedRoots,
      List<TrashUse> trashUse,
      ObservedFilters filters,
      List<ObservedDaemon> daemons,
      ObservedNames names,
      Map<ResourceName, Ailment> ailments,
      List<Problem> problems) {
    return observed(
        layout,
        at,
        kernels,
        images,
        bridges,
        ports,
        instances,
        trash,
        trashedRoots,
        trashUse,
        filters,
        daemons,
        names,
        ailments,
        Set.of(),
        problems);
  }

  /** Without a root in the trash, what that takes, filters and daemons. */
  public static Observed observed(
      Layout layout,
      Instant at,
      List<StoredKernel> kernels,
      List<StoredImage> images,
      List<ObservedBridge> bridges,
      List<ObservedPort> ports,
      List<ObservedInstance> instances,
      List<TrashedInstance> trash,
      List<Problem> problems) {
    return observed(
        layout,
        at,
        kernels,
        images,
        bridges,
        ports,
        instances,
        trash,
        List.of(),
        List.of(),
        ObservedFilters.NONE,
        List.of(),
        ObservedNames.NONE,
        Map.of(),
        problems);
  }

  /** One by which nothing is routed. */
  public static ObservedBridge observedBridge(
      InterfaceName name, @Nullable ResourceName network, boolean up, List<Cidr> addresses) {
    return new ObservedBridge(name, network, up, addresses, Routing.NONE);
  }

  /** One whose kernel never ended unasked. */
  public static ObservedInstance observedInstance(
      ResourceName name,
      @Nullable InstanceRecord record,
      ObservedDisks disks,
      @Nullable RunningKernel kernel,
      Starts starts,
      @Nullable Problem fault) {
    return new ObservedInstance(name, record, disks, kernel, starts, null, null, fault);
  }

  /** One that carries what is usual. */
  public static ObservedPort observedPort(
      InterfaceName tap,
      @Nullable ResourceName instance,
      @Nullable ResourceName daemon,
      @Nullable InterfaceName bridge,
      boolean up,
      @Nullable Rate rate,
      Set<MacAddress> stations) {
    return new ObservedPort(tap, instance, daemon, bridge, up, rate, stations, Switch.USUAL_MTU);
  }

  /** Without a port of the host. */
  public static Quota quota(int instances, ByteSize memory, ByteSize disk, int addresses) {
    return new Quota(instances, memory, disk, addresses, null, List.of());
  }

  /** One that was started after every daemon, and has all its taps. */
  public static RunningKernel runningKernel(long pid, KernelInvocation boot, boolean paused) {
    return new RunningKernel(pid, boot, paused, Instant.MAX);
  }

  public static Site site(int deletionBudget, List<Window> windows) {
    return new Site(deletionBudget, windows, Site.UNUSED_KEPT, Site.QUARANTINE);
  }

  /** A whole one that was stored as it is. */
  public static StoredImage storedImage(ResourceName name, Digest digest, ByteSize size) {
    return new StoredImage(name, digest, size, null, Upkeep.WHOLE);
  }

  /** A whole one without modules. */
  public static StoredKernel storedKernel(ResourceName name, Digest digest, @Nullable Trial trial) {
    return new StoredKernel(name, digest, trial, Upkeep.WHOLE);
  }

  /** One whose MTU follows from its uplink. */
  public static Switch switchOf(
      ResourceName name,
      SwitchDriver driver,
      InterfaceName bridge,
      Cidr subnet,
      Ipv4Address gateway,
      @Nullable Ipv6Subnet ipv6,
      List<AddressRange> reserved,
      List<AddressRange> pool,
      Traffic traffic,
      Naming naming) {
    return new Switch(
        name, driver, bridge, subnet, gateway, ipv6, reserved, pool, traffic, naming, null);
  }

  /** A bridge with all that is usual. */
  public static Switch switchOf(
      ResourceName name,
      InterfaceName bridge,
      Cidr subnet,
      Ipv4Address gateway,
      List<AddressRange> reserved) {
    return switchOf(
        name,
        SwitchDriver.BRIDGE,
        bridge,
        subnet,
        gateway,
        null,
        reserved,
        List.of(),
        Traffic.USUAL,
        Naming.none(name));
  }
}
