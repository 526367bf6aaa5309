package dev.fjord.host.linux.daemon;

import dev.fjord.file.DurableFile;
import dev.fjord.model.Daemon;
import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** What must be there before a program of a switch starts. */
record DaemonFolders(Layout layout) {

  void prepare(Daemon daemon) {
    try {
      folder(layout.daemons(), "rwx------");
      switch (daemon.kind()) {
        case SWITCH -> prepareSwitch(daemon);
        case CAPTURE -> new CaptureFolder(layout.captures(daemon.network())).prepare(daemon);
        case NAMES -> {
          folder(layout.names(), "rwxr-xr-x");
          Path settings = layout.namesSettings(daemon.network());
          DurableFile.writeForThisBoot(settings, new byte[0]);
          Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rw-r--r--"));
        }
      }
    } catch (IOException e) {
      throw Problem.of("write-failed", "preparing " + daemon.kind().program() + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** Everything that an earlier daemon has left in its folder belongs to the daemon's own user. */
  private void prepareSwitch(Daemon daemon) throws IOException {
    folder(layout.switches(), "rwx------");
    Path folder = layout.switchFolder(daemon.network());
    folder(folder, "rwx--x--x");
    Command.of("chown", "-h", daemon.uid() + ":" + daemon.uid(), folder.toString()).output();
    Path socket = layout.switchSocket(daemon.network());
    if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      Command.of("rm", "-r", "-f", "--one-file-system", socket.toString()).output();
    }
  }

  private static void folder(Path folder, String mode) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
  }
}
