package dev.fjord.host.linux.daemon;

import dev.fjord.file.KernelText;
import dev.fjord.host.linux.uml.Proc;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedDaemon.Kind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a daemon has the sockets that it is there for. */
record DaemonSockets(Layout layout) {
  private static final int LIMIT = 1 << 20;
  private static final int INODE = 9;

  /** Port 53, as proc(5) has it. */
  private static final String PORT = ":0035";

  /** Whether it works: uml_switch(1) runs on without its tap, of which its socket tells nothing. */
  boolean answers(DaemonProcess daemon) {
    return switch (daemon.kind()) {
      case SWITCH -> isOpen(daemon) && hasTap(daemon);
      case NAMES -> isBound(daemon);
    };
  }

  /** Whether its socket is there, open to those whom it is for or not. */
  boolean isBound(DaemonProcess daemon) {
    return daemon.kind() == Kind.SWITCH ? socket(daemon) != null : listens(daemon);
  }

  private boolean isOpen(DaemonProcess daemon) {
    PosixFileAttributes socket = socket(daemon);
    return socket != null && socket.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }

  private @Nullable PosixFileAttributes socket(DaemonProcess daemon) {
    try {
      PosixFileAttributes socket =
          Files.readAttributes(
              layout.switchSocket(daemon.network()),
              PosixFileAttributes.class,
              LinkOption.NOFOLLOW_LINKS);
      return socket.isOther() ? socket : null;
    } catch (IOException gone) {
      return null;
    }
  }

  /** A tap that was removed has no name any more in what the kernel says of the open file. */
  private static boolean hasTap(DaemonProcess daemon) {
    int option = daemon.words().indexOf("-tap");
    String line = "iff:\t" + (option < 0 ? "" : daemon.words().get(option + 1));
    return Proc.openFiles(daemon.process().pid()).stream()
        .anyMatch(file -> file.lines().anyMatch(line::equals));
  }

  private static boolean listens(DaemonProcess daemon) {
    long pid = daemon.process().pid();
    Set<String> sockets = sockets(pid);
    try {
      return KernelText.read("/proc/" + pid + "/net/udp", LIMIT)
          .lines()
          .map(line -> line.strip().split("\\s+", -1))
          .anyMatch(f -> f.length > INODE && f[1].endsWith(PORT) && sockets.contains(f[INODE]));
    } catch (IOException ended) {
      return false;
    }
  }

  private static Set<String> sockets(long pid) {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : open) {
        String target = Files.readSymbolicLink(file).toString();
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    } catch (IOException | DirectoryIteratorException ended) {
      inodes.clear();
    }
    return inodes;
  }
}
