package dev.fjord.host.linux.uml;

import dev.fjord.model.ByteSize;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Digest;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step.Bounds;
import dev.fjord.plan.Step.Launch;
import dev.fjord.plan.Step.Port;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** An instance with a busybox root and no network, as the rest of fjord would have prepared it. */
final class TestInstance {
  static final ResourceName IMAGE = new ResourceName("tiny");

  /** Powers off when asked; its shell is the console. */
  static final String OBEDIENT =
      """
      ::sysinit:/bin/busybox mount -t proc proc /proc
      ::ctrlaltdel:/bin/busybox poweroff -f
      ::respawn:-/bin/sh
      """;

  /** Takes no notice. */
  static final String DEAF =
      """
      ::sysinit:/bin/busybox mount -t proc proc /proc
      ::ctrlaltdel:/bin/busybox true
      ::respawn:-/bin/sh
      """;

  final ResourceName name;
  final int uid;
  private final Layout layout;
  private final ResourceName kernel;
  private final Digest image;

  private TestInstance(Layout layout, String name, int uid, ResourceName kernel, Digest image) {
    this.layout = layout;
    this.name = new ResourceName(name);
    this.uid = uid;
    this.kernel = kernel;
    this.image = image;
  }

  static TestInstance create(
      Layout layout, String name, int uid, ResourceName kernel, String inittab) throws IOException {
    var image = Digest.ofText(inittab);
    var instance = new TestInstance(layout, name, uid, kernel, image);
    var pristine = layout.image(IMAGE, image);
    if (!Files.exists(pristine)) {
      makeImage(pristine, inittab);
    }
    var folder = layout.instance(instance.name);
    Files.createDirectories(folder.resolve("volumes"));
    Files.writeString(layout.record(instance.name), "{}");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Command.of("uml_mkcow", instance.cow().toString(), pristine.toString()).output();
    Files.write(layout.swap(instance.name), new byte[4096]);
    for (var disk : List.of(instance.cow(), layout.swap(instance.name))) {
      Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-------"));
      Command.of("chown", uid + ":" + uid, disk.toString()).output();
    }
    return instance;
  }

  Path cow() {
    return layout.rootCow(name);
  }

  KernelInvocation boot() {
    var arguments = new ArrayList<>(List.of("mem=64M", "umid=uml"));
    arguments.add("uml_dir=" + layout.umlDirectory(name) + "/");
    arguments.add("ubd0=" + cow() + "," + layout.image(IMAGE, image));
    arguments.add("ubd1d=" + layout.swap(name));
    arguments.addAll(List.of("root=/dev/ubda", "rw", "con0=fd:0,fd:1", "con=null", "noreboot"));
    arguments.addAll(List.of("seccomp=off", "quiet"));
    return new KernelInvocation(layout.kernel(kernel, RealKernel.DIGEST), arguments);
  }

  Launch launch() {
    return launch(List.of(), false);
  }

  Launch launch(List<Port> ports, boolean paused) {
    return new Launch(
        name,
        kernel,
        RealKernel.DIGEST,
        IMAGE,
        image,
        uid,
        boot(),
        ports,
        paused,
        new Bounds(ByteSize.mib(64), CpuShare.USUAL));
  }

  private static void makeImage(Path image, String inittab) throws IOException {
    var root = image.resolveSibling("root");
    for (var folder : List.of("bin", "sbin", "dev", "etc", "proc", "tmp")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.copy(Path.of("/usr/bin/busybox"), root.resolve("bin/busybox"));
    for (var link : List.of("bin/sh", "sbin/init")) {
      Files.createSymbolicLink(root.resolve(link), Path.of("/bin/busybox"));
    }
    Files.writeString(root.resolve("etc/inittab"), inittab);
    Command.of("truncate", "-s", "8M", image.toString()).output();
    Command.of("mkfs.ext4", "-q", "-F", "-d", root.toString(), image.toString()).output();
    Command.of("rm", "-r", root.toString()).output();
    Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("r--r--r--"));
  }
}
