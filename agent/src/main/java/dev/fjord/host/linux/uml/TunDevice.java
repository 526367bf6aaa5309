package dev.fjord.host.linux.uml;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The device through which a kernel reaches its tap. */
public final class TunDevice {
  static final Path PATH = Path.of("/dev/net/tun");

  private static final int OWNER_MAY = 0600;
  private static final int EVERYBODY_MAY = 0006;

  private TunDevice() {}

  /**
   * That kernels of this user can open it: opening gives no power over any tap but the user's own.
   *
   * @throws dev.fjord.problem.ProblemException that says how to mend it
   */
  public static void check(int uid) {
    try {
      int mode = (Integer) Files.getAttribute(PATH, "unix:mode");
      boolean owns =
          Files.getAttribute(PATH, "unix:uid").equals(uid) && (mode & OWNER_MAY) == OWNER_MAY;
      if (!owns && (mode & EVERYBODY_MAY) != EVERYBODY_MAY) {
        throw Problem.of(
                "tun-closed",
                "user "
                    + uid
                    + " may not open "
                    + PATH
                    + ": its mode is "
                    + Integer.toOctalString(mode & 0777))
            .hint(
                "chmod 0666 "
                    + PATH
                    + ", and for good: a udev rule KERNEL==\"tun\", MODE=\"0666\". The device alone"
                    + " gives no access to any network.")
            .asException();
      }
    } catch (IOException e) {
      throw Problem.of("tun-missing", "there is no " + PATH)
          .detail(e.toString())
          .hint("modprobe tun; in a container, have the device passed in.")
          .asException(e);
    }
  }
}
