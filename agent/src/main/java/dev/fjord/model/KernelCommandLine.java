package dev.fjord.model;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The kernel command line of an instance. Its form is a defence against a hostile guest: a raw disk
 * carries the flag {@code d}, else UML follows a COW header that the guest wrote into it to a file
 * of the host (arch/um/drivers/ubd_kern.c); {@code seccomp=off}, since the seccomp mode lets guest
 * user space write all of the guest's memory; consoles other than the first lead nowhere. Where a
 * guest has IPv6 its kernel starts with an initramfs, since Debian's kernels have IPv6 in a module.
 */
public final class KernelCommandLine {
  /** A word for {@code initramfs.c}: the kernel ignores it because of the dot. */
  public static final String TIME_ZONE = "fjord.timezone";

  /**
   * Another word for {@code initramfs.c}: the letter of the disk with all modules, a colon, and the
   * modules to load.
   */
  public static final String MODULES = "fjord.modules";

  private KernelCommandLine() {}

  /**
   * How to start the instance's kernel; null when one of its switches is no longer declared.
   *
   * @param raid6 as in {@link Kernel}
   */
  public static @Nullable KernelInvocation of(
      InstanceRecord record, Layout layout, Map<ResourceName, Switch> switches, boolean raid6) {
    Instance instance = record.applied();
    ResourceName name = instance.name();
    List<String> line = new ArrayList<>();
    line.add("mem=" + memory(instance.memory()));
    line.add("umid=" + Layout.UMID);
    line.add("uml_dir=" + layout.umlDirectory(name) + "/");
    line.add("ubd0=" + layout.rootCow(name) + "," + layout.image(record));
    disks(record, layout).forEach(disk -> line.add("ubd" + index(line) + "d=" + disk));
    for (ImageVersion version : instance.shared()) {
      line.add("ubd" + index(line) + "rd=" + layout.image(version.image(), version.digest()));
    }
    GuestSettings guest = instance.guest();
    String modules = modules(guest, index(line));
    if (!guest.modules().isEmpty()) {
      line.add(
          "ubd" + index(line) + "rd=" + layout.modulesDisk(instance.kernel(), record.kernel()));
    }
    boolean ipv6 = record.leases().stream().anyMatch(lease -> lease.address6() != null);
    if (ipv6 || !guest.equals(GuestSettings.USUAL)) {
      line.add(
          "initrd=" + layout.initramfs(instance.kernel(), record.kernel(), ipv6, guest.timeZone()));
    }
    line.add("root=/dev/ubda");
    line.add("rw");
    line.add("con0=fd:0,fd:1");
    line.add("con=null");
    line.add("noreboot");
    line.add("seccomp=off");
    line.add("quiet");
    line.addAll(QuickBoot.words(raid6));
    Naming naming = null;
    for (int i = 0; i < record.leases().size(); i++) {
      Lease lease = record.leases().get(i);
      Switch network = switches.get(lease.network());
      if (network == null) {
        return null;
      }
      line.add(
          network.hasDaemon()
              ? "eth"
                  + i
                  + "=daemon,"
                  + lease.mac()
                  + ",unix,"
                  + layout.switchSocket(network.name())
              : vector(i, lease, network.mtuOrUsual()));
      line.add("ip=" + ipv4(i, lease, network, instance.hostname(), i == record.defaultRoute()));
      if (lease.address6() != null && network.ipv6() != null) {
        line.add(
            "ip="
                + ipv6(
                    i == record.defaultRoute(),
                    device(network, i),
                    lease.address6(),
                    network.ipv6(),
                    instance.hostname()));
      }
      for (IpAddress further : lease.further()) {
        if (further instanceof Ipv4Address || network.ipv6() != null) {
          line.add("ip=" + further(device(network, i), further, network, instance.hostname()));
        }
      }
      if (naming == null && !servers(network).isEmpty()) {
        naming = network.naming();
        servers(network).forEach(server -> line.add("nameserver=" + server));
      }
    }
    if (naming != null) {
      line.add("systemd.set_credential=network.search_domains:" + naming.domain());
    }
    if (guest.timeZone() != null) {
      line.add(TIME_ZONE + "=" + guest.timeZone());
    }
    if (!guest.modules().isEmpty()) {
      line.add(MODULES + "=" + modules);
    }
    line.add("systemd.hostname=" + instance.hostname());
    if (!instance.keys().isEmpty()) {
      line.add("systemd.set_credential_binary=ssh.authorized_keys.root:" + keys(instance.keys()));
    }
    return new KernelInvocation(layout.kernel(instance.kernel(), record.kernel()), line);
  }

  /**
   * The tap hands over whole TCP segments of up to 64 KiB once the driver has said that it takes
   * them, which it does always; but without {@code gro} it then drops them
   * (arch/um/drivers/vector_kern.c), and a guest gets some 10 KiB a second.
   */
  private static String vector(int index, Lease lease, int mtu) {
    return "vec%d:transport=tap,ifname=%s,mac=%s,gro=1".formatted(index, lease.tap(), lease.mac())
        + (mtu == Switch.USUAL_MTU ? "" : ",mtu=" + mtu);
  }

  /** {@code ubdf} is the disk with index 5. */
  private static String modules(GuestSettings guest, long index) {
    return (char) ('a' + index) + ":" + String.join(",", guest.modules());
  }

  private static List<Path> disks(InstanceRecord record, Layout layout) {
    Instance instance = record.applied();
    List<Path> disks = new ArrayList<>();
    if (!instance.swap().equals(ByteSize.ZERO)) {
      disks.add(layout.swap(instance.name()));
    }
    for (Volume volume : instance.volumes()) {
      disks.add(layout.volume(instance.name(), volume.name()));
    }
    return disks;
  }

  private static long index(List<String> line) {
    return line.stream().filter(word -> word.startsWith("ubd")).count();
  }

  private static String memory(ByteSize size) {
    long kib = size.bytes() >> 10;
    return kib % 1024 == 0 ? kib / 1024 + "M" : kib + "K";
  }

  /** Documentation/admin-guide/nfs/nfsroot.rst; one interface alone has a default route. */
  private static String ipv4(
      int index, Lease lease, Switch network, ResourceName hostname, boolean defaultRoute) {
    boolean leads = defaultRoute && !lease.address().equals(network.gateway());
    String gateway = leads ? network.gateway().toString() : "";
    return "%s::%s:%s:%s:%s:none"
        .formatted(
            lease.address(), gateway, network.subnet().netmask(), hostname, device(network, index));
  }

  /** A further address of the same device; packets for other networks leave by the first ones. */
  private static String further(
      String device, IpAddress address, Switch network, ResourceName hostname) {
    return switch (address) {
      case Ipv4Address four ->
          "%s:::%s:%s:%s:none".formatted(four, network.subnet().netmask(), hostname, device);
      case Ipv6Address six ->
          "[%s]:::%d:%s:%s:none"
              .formatted(six, Objects.requireNonNull(network.ipv6()).prefix(), hostname, device);
    };
  }

  /** The device's name in the guest, which is the vector driver's or the daemon driver's. */
  private static String device(Switch network, int index) {
    return (network.hasDaemon() ? "eth" : "vec") + index;
  }

  /** dracut.cmdline(7): in brackets, and with the prefix' length for a netmask. */
  private static String ipv6(
      boolean defaultRoute,
      String device,
      Ipv6Address address,
      Ipv6Subnet subnet,
      ResourceName hostname) {
    boolean leads = defaultRoute && !address.equals(subnet.gateway());
    String gateway = leads ? "[" + subnet.gateway() + "]" : "";
    return "[%s]::%s:%d:%s:%s:none".formatted(address, gateway, subnet.prefix(), hostname, device);
  }

  /** dracut.cmdline(7): what {@code nameserver=} says. */
  private static List<IpAddress> servers(Switch network) {
    Naming naming = network.naming();
    return naming.served() ? List.of(network.gateway()) : naming.servers();
  }

  /** systemd.system-credentials(7): what sshd reads as root's authorized keys. */
  private static String keys(List<AuthorizedKey> keys) {
    String lines = keys.stream().map(key -> key.line() + "\n").collect(Collectors.joining());
    return Base64.getEncoder().encodeToString(lines.getBytes(StandardCharsets.UTF_8));
  }
}
