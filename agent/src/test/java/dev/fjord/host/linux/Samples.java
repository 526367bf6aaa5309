package dev.fjord.host.linux;

import dev.fjord.host.linux.disk.FilesystemGrowth;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Identity;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Layout;
import dev.fjord.model.Lease;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Owner;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.StartOrder;
import dev.fjord.model.Volume;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Values and questions that the tests of this package share. */
public final class Samples {
  public static final Digest IMAGE = Digest.ofText("an image");
  public static final Layout NOWHERE = Layout.of("/nowhere/state", "/nowhere/run");

  /** For tests in which no disk grows. */
  public static final FilesystemGrowth NO_GROWTH =
      (record, disk, backing) -> {
        throw new AssertionError("nobody asked to grow " + disk);
      };

  private Samples() {}

  public static ResourceName name(String name) {
    return new ResourceName(name);
  }

  public static Volume volume(String name, ByteSize size) {
    return new Volume(name(name), size);
  }

  /** The same instance, on another version of its image. */
  public static InstanceRecord on(Digest base, InstanceRecord r) {
    return new InstanceRecord(
        r.identity(), r.uid(), r.leases(), base, r.kernel(), r.revision(), r.applied(), null);
  }

  /** The same instance under another name. */
  public static InstanceRecord renamed(String name, InstanceRecord r) {
    Lease lease = r.leases().get(0);
    Lease named =
        ModelFixtures.lease(
            lease.network(), lease.address(), lease.mac(), new InterfaceName("tap-" + name));
    return new InstanceRecord(
        r.identity(),
        r.uid(),
        List.of(named),
        r.base(),
        r.kernel(),
        r.revision(),
        r.applied().named(name(name), r.owner()),
        null);
  }

  /** The record of a partner's instance on image {@code tiny}. */
  public static InstanceRecord record(String name, ByteSize swap, Volume... volumes) {
    ResourceName instance = name(name);
    Identity identity = Identity.first(name("slart"), Owner.partner(instance), instance);
    Ipv4Address address = Ipv4Address.parse("192.0.2.5");
    Lease lease =
        ModelFixtures.lease(
            name("lan"), address, identity.mac(0), new InterfaceName("tap-" + name));
    return new InstanceRecord(
        identity,
        uid(),
        List.of(lease),
        IMAGE,
        Digest.ofText("a kernel"),
        "0123456789abcdef0123456789abcdef01234567",
        ModelFixtures.instance(
            instance,
            Owner.partner(instance),
            name("slart"),
            name("tiny"),
            name("uml"),
            ByteSize.mib(64),
            swap,
            List.of(volumes),
            List.of(ModelFixtures.nic(name("lan"), null)),
            Power.RUNNING,
            StartOrder.ANY,
            instance,
            List.of(),
            ImageChangePolicy.KEEP,
            RestartPolicy.NOW,
            null),
        null);
  }

  /** Whom instances run as: only root can give files away. */
  public static int uid() {
    return isRoot() ? 20001 : number(Command.of("id", "-u").output());
  }

  public static boolean isRoot() {
    return number(Command.of("id", "-u").output()) == 0;
  }

  private static int number(String text) {
    return Integer.parseInt(text.strip());
  }

  public static boolean isInstalled(String program) {
    return List.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Clears immutable flags, so that the folder of a test can be removed. */
  public static void release(Path folder) {
    Command.of("chattr", "-R", "-f", "-i", folder.toString()).run();
  }
}
