package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The device through which a kernel reaches its tap: a node of fjord's own for the host's device,
 * in a folder that only root enters, shown to kernels alone. The host's stays as it is, and is not
 * relied on even where every user may open it: another program closed it while a guest was booting,
 * and that guest stayed without a network. Opening the device gives no power over any tap but the
 * user's own (Documentation/networking/tuntap.rst). Thread-safe.
 */
public final class TunDevice {
  static final Path PATH = Path.of("/dev/net/tun");

  private static final int EVERYBODY_MAY = 0006;

  private final Path own;

  public TunDevice(Layout layout) {
    this.own = layout.tunDevice();
  }

  /**
   * That the host has the device at all.
   *
   * @throws dev.fjord.problem.ProblemException that says how to get it
   */
  public static void check() {
    if (!Files.exists(PATH)) {
      throw missing().asException();
    }
  }

  private static Problem missing() {
    return Problem.of("tun-missing", "there is no " + PATH)
        .hint("modprobe tun; in a container, have the device passed in.");
  }

  /**
   * The node that every user may open once it is shown to them.
   *
   * @throws dev.fjord.problem.ProblemException that says how to mend it
   */
  public Path node() {
    try {
      if (!isOpen(own)) {
        make();
      }
      FileChannel.open(own, StandardOpenOption.READ, StandardOpenOption.WRITE).close();
      return own;
    } catch (IOException e) {
      return hosts(
          Problem.of("tun-closed", "opening " + own + ", a node of " + PATH + ", failed")
              .detail(e.toString())
              .hint(
                  "Is its file system mounted with 'nodev'? Then: chmod 0666 "
                      + PATH
                      + ", and for good a udev rule KERNEL==\"tun\", MODE=\"0666\". The device"
                      + " alone gives no access to any network.")
              .asException(e));
    } catch (ProblemException notMade) {
      return hosts(notMade);
    }
  }

  /** The host's own node, where every user may open it. */
  private static Path hosts(ProblemException noneOfOurOwn) {
    if (isOpen(PATH)) {
      return PATH;
    }
    throw noneOfOurOwn;
  }

  private static boolean isOpen(Path node) {
    try {
      int mode = (Integer) Files.getAttribute(node, "unix:mode");
      return (mode & EVERYBODY_MAY) == EVERYBODY_MAY;
    } catch (IOException missing) {
      return false;
    }
  }

  /** One at a time: the first instances of a host are started side by side. */
  private void make() {
    synchronized (TunDevice.class) {
      if (!isOpen(own)) {
        makeNode();
      }
    }
  }

  private void makeNode() {
    Path fresh = own.resolveSibling("tun.new");
    try {
      long device = (Long) Files.getAttribute(PATH, "unix:rdev", LinkOption.NOFOLLOW_LINKS);
      Files.createDirectories(own.getParent());
      Files.setPosixFilePermissions(own.getParent(), PosixFilePermissions.fromString("rwx------"));
      Files.deleteIfExists(fresh);
      // Linux packs 10,200 into 8 and 8 bits here (makedev(3)).
      Command.of(
              "mknod",
              "-m",
              "0666",
              fresh.toString(),
              "c",
              Long.toString(device >> 8 & 0xfff),
              Long.toString(device & 0xff))
          .output();
      Files.move(fresh, own, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw missing().detail(e.toString()).asException(e);
    }
  }
}
