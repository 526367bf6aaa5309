package dev.fjord.plan;

import dev.fjord.model.BlockRoute;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Cidr;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Daemon;
import dev.fjord.model.Digest;
import dev.fjord.model.Filters;
import dev.fjord.model.Image;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Kernel;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Lease;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a host is to do, with all that it needs to know for it. Each can be done again after it was
 * done, or half done, and ends in the same state.
 */
public sealed interface Step {

  /** After this step a guest may send; what it may send is settled before. */
  sealed interface Connecting extends Step {}

  /** After this step an instance has this record. */
  sealed interface Recording extends Step {
    InstanceRecord record();
  }

  /** Copies a kernel into the store, verified while it is copied. */
  record StoreKernel(Kernel kernel) implements Step {}

  /** Boots a stored kernel once, for a second, and keeps the answer. Fails when it cannot boot. */
  record TryKernel(ResourceName name, Digest digest) implements Step {}

  /** Copies a pristine image into the store, verified while it is copied. */
  record StoreImage(Image image) implements Step {}

  /**
   * Reads a stored version that was touched, and gives it back its mode, time and flag. Fails when
   * its bytes are not those of its digest; they are left as they are.
   *
   * @param standing what stands on it, to be named when it fails
   */
  record MendVersion(Version version, List<String> standing) implements Step {
    public MendVersion {
      standing = List.copyOf(standing);
    }
  }

  /**
   * Stores an image again from its source in place of what is in the store. The administrator has
   * to order it, each time.
   */
  record ReplaceImage(Image image) implements Step {}

  /**
   * Stores a kernel again from its source in place of what is in the store. The administrator has
   * to order it, each time.
   */
  record ReplaceKernel(Kernel kernel) implements Step {}

  /** Removes a version that nothing stands on; fails when something does meanwhile. */
  record RemoveVersion(Version version) implements Step {}

  /**
   * Makes or mends a switch's bridge: it exists, is up, and has the gateway's addresses and no
   * others, but for the host's own that come with an uplink.
   *
   * @param gateway null where another machine is the gateway
   * @param gateway6 with its prefix; null for none
   * @param uplink the host's interface that becomes a port of it, whose addresses and routes move
   *     to the bridge; null for none: an earlier uplink then gets back what it had
   * @param mtu the largest packet that it carries
   * @param settings written in this order, where the host's kernel has them
   */
  record SetUpSwitch(
      ResourceName name,
      InterfaceName bridge,
      @Nullable Cidr gateway,
      @Nullable String gateway6,
      @Nullable InterfaceName uplink,
      int mtu,
      List<Setting> settings)
      implements Step {
    public SetUpSwitch {
      settings = List.copyOf(settings);
    }
  }

  /**
   * A value of the host's kernel.
   *
   * @param path below {@code /proc/sys}
   */
  record Setting(String path, String value) {
    /** This applies to the host as a whole: there is no such setting for one interface alone. */
    public static final String FORWARDING6 = "net/ipv6/conf/all/forwarding";
  }

  /** Removes a bridge that bears fjord's mark. */
  record RemoveSwitch(ResourceName name, InterfaceName bridge) implements Step {}

  /**
   * Replaces all filters of fjord's on the host at once; removes them when nothing is connected.
   */
  record SetFilters(Filters filters) implements Step {}

  /** Sets all routes of the host that bear fjord's mark: these, and no others. */
  record SetRoutes(List<BlockRoute> routes) implements Step {
    public SetRoutes {
      routes = List.copyOf(routes);
    }
  }

  /**
   * Makes a program run as described and answer: makes or mends its tap, ends a process that was
   * started otherwise or does not answer, starts the program, and waits for its socket.
   */
  record RunDaemon(Daemon daemon) implements Step {}

  /** Ends a program of a switch, and removes its taps, which bear fjord's mark. */
  record EndDaemon(ObservedDaemon.Kind kind, ResourceName network, List<InterfaceName> taps)
      implements Step {
    public EndDaemon {
      taps = List.copyOf(taps);
    }
  }

  /**
   * Writes the names of instances, and which servers know others, and notifies the daemons that
   * serve them.
   *
   * @param names in the form of hosts(5)
   */
  record WriteNames(String names, List<IpAddress> servers) implements Step {
    public WriteNames {
      servers = List.copyOf(servers);
    }

    /** The digest of what is in force once the daemons have read it. */
    public String digest() {
      return Digest.ofText(names + "\0" + servers).hex();
    }
  }

  /**
   * Writes the lines between this site's marks in the hosts file, and nothing else of it.
   *
   * @param repair whether the same lines were written before
   */
  record WriteHosts(Path file, List<String> lines, boolean repair) implements Step {
    public WriteHosts {
      lines = List.copyOf(lines);
    }
  }

  /** Makes an instance's folder with its disks and record; none exists. */
  record CreateInstance(InstanceRecord record) implements Recording {}

  /** Brings an instance back out of the trash, and gives it this record. */
  record RestoreInstance(String folder, InstanceRecord record) implements Recording {}

  /**
   * Gives an instance another name: ends its kernel if it runs, removes the ports of the old name,
   * moves its folder, and makes disks and record what {@code record} says.
   *
   * @param from the name that it has, or had before an earlier try
   */
  record RenameInstance(ResourceName from, InstanceRecord record, List<InterfaceName> taps)
      implements Recording {
    public RenameInstance {
      taps = List.copyOf(taps);
    }
  }

  /** Makes the disks and the record of an instance that does not run what the record says. */
  record UpdateInstance(InstanceRecord record) implements Recording {}

  /**
   * Makes or mends the ports of an instance.
   *
   * @param takenUp whether its running kernel is to take up taps that it has lost
   */
  record ConnectPorts(ResourceName instance, int uid, List<Port> ports, boolean takenUp)
      implements Connecting {
    public ConnectPorts {
      ports = List.copyOf(ports);
    }

    /** For a kernel that has lost no tap, or is yet to start. */
    public ConnectPorts(ResourceName instance, int uid, List<Port> ports) {
      this(instance, uid, ports, false);
    }
  }

  /** Removes a tap that bears fjord's mark and belongs to no instance. */
  record RemovePort(InterfaceName tap) implements Step {}

  /** Starts a kernel and waits until the guest answers. */
  record StartInstance(Launch launch) implements Connecting {}

  /**
   * Ends a kernel gracefully, makes disks and record what {@code record} says, and starts it again.
   */
  record RestartInstance(InstanceRecord record, Launch launch) implements Connecting, Recording {}

  /**
   * Carries what is on an instance's root over to the version that {@code record} names, and starts
   * it there: ends the kernel gracefully, carries the root over unless that was done, starts the
   * kernel, and takes the rebase out of the record once the guest has answered. Where this fails,
   * the record says so.
   */
  record RebaseInstance(InstanceRecord record, Launch launch) implements Connecting, Recording {}

  /** Ends a kernel gracefully and gives the instance this record. */
  record StopInstance(InstanceRecord record) implements Recording {}

  /** Holds a running kernel still, and gives the instance this record. */
  record PauseInstance(InstanceRecord record) implements Recording {}

  /** Lets a paused kernel go on, and gives the instance this record. */
  record ResumeInstance(InstanceRecord record) implements Connecting, Recording {}

  /** Ends the kernel if it runs, removes the ports, moves the folder into the trash. */
  record DeleteInstance(ResourceName name, List<InterfaceName> taps) implements Step {
    public DeleteInstance {
      taps = List.copyOf(taps);
    }
  }

  /**
   * A version in a store.
   *
   * @param kind {@link Kind#IMAGE} or {@link Kind#KERNEL}
   */
  record Version(Kind kind, ResourceName name, Digest digest) {
    public Version {
      if (kind != Kind.IMAGE && kind != Kind.KERNEL) {
        throw new IllegalArgumentException("no store holds a " + kind);
      }
    }

    /** {@code image/tiny@0123456789ab}, as in the ids of changes. */
    @Override
    public String toString() {
      return kind.name().toLowerCase(Locale.ROOT) + "/" + name + "@" + digest.brief();
    }

    /** {@code image tiny@0123456789ab}, as people call it. */
    public String words() {
      return toString().replaceFirst("/", " ");
    }
  }

  /**
   * One port of a switch.
   *
   * @param rate the limit for what goes to the guest; null for no limit
   * @param pinged whether the host has an address from which it can ping the guest's
   * @param daemon whether the switch's daemon connects it, and it has no tap
   * @param pinged6 whether the host can ping the guest's IPv6 address
   * @param mtu the largest packet that it carries, in bytes
   * @param existing whether its bridge was not made by fjord
   */
  record Port(
      InterfaceName tap,
      InterfaceName bridge,
      Lease lease,
      @Nullable Rate rate,
      boolean pinged,
      boolean daemon,
      boolean pinged6,
      int mtu,
      boolean existing) {

    /** A port whose guest is pinged by IPv4 alone. */
    public Port(
        InterfaceName tap,
        InterfaceName bridge,
        Lease lease,
        @Nullable Rate rate,
        boolean pinged,
        boolean daemon) {
      this(tap, bridge, lease, rate, pinged, daemon, false, Switch.USUAL_MTU, false);
    }

    /** The tap by which its frames come to the bridge: its own, or that of the switch's daemon. */
    public InterfaceName carrier() {
      return daemon ? Switch.daemonTap(lease.network()) : tap;
    }

    /** A port with a tap and without a limit. */
    public Port(InterfaceName tap, InterfaceName bridge, Lease lease) {
      this(tap, bridge, lease, null, true, false);
    }
  }

  /**
   * What an instance may take of the host.
   *
   * @param memory of its guest; what its kernel needs beside it comes on top
   */
  record Bounds(ByteSize memory, CpuShare cpu) {
    public static Bounds of(InstanceRecord record) {
      return new Bounds(record.applied().memory(), record.applied().cpu());
    }

    @Override
    public String toString() {
      return memory + ", processors: " + cpu;
    }
  }

  /**
   * All that starting a kernel takes.
   *
   * @param image the pristine image below the root's COW
   * @param uid the user that it runs as
   * @param ports made or mended before the start
   * @param paused whether it is held still once it answers
   * @param bounds what it may take of the host's memory and processors
   */
  record Launch(
      ResourceName name,
      ResourceName kernel,
      Digest kernelDigest,
      ResourceName image,
      Digest imageDigest,
      int uid,
      KernelInvocation boot,
      List<Port> ports,
      boolean paused,
      Bounds bounds,
      @Nullable Daemon capture) {
    public Launch {
      ports = List.copyOf(ports);
    }

    /** A launch without a capture of the instance's traffic. */
    public Launch(
        ResourceName name,
        ResourceName kernel,
        Digest kernelDigest,
        ResourceName image,
        Digest imageDigest,
        int uid,
        KernelInvocation boot,
        List<Port> ports,
        boolean paused,
        Bounds bounds) {
      this(name, kernel, kernelDigest, image, imageDigest, uid, boot, ports, paused, bounds, null);
    }
  }
}
