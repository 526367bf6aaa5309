package dev.fjord.host.linux.daemon;

import dev.fjord.file.KernelText;
import dev.fjord.host.linux.names.ServedNames;
import dev.fjord.host.linux.uml.Polling;
import dev.fjord.host.linux.uml.Proc;
import dev.fjord.model.Layout;
import dev.fjord.model.ServedMark;
import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a daemon does its work: that its process runs does not prove it. */
record DaemonSockets(Layout layout, ServedNames names) {
  private static final int LIMIT = 1 << 20;
  private static final int INODE = 9;

  /** An IPv4 address with port 53, as proc(5) has it: the address as the processor reads it. */
  private static final Pattern PLACE = Pattern.compile("([0-9A-F]{8}):0035");

  /** A server on the same host answers within a millisecond. */
  private static final Duration LIMIT_OF_AN_ANSWER = Duration.ofSeconds(2);

  private static final Duration LIMIT_OF_A_READING = Duration.ofSeconds(10);

  /** A name that no server has. */
  private static final String NOBODY = "fjord." + ServedMark.TOP;

  /**
   * Whether it works. uml_switch(1) runs on without its tap, which its socket does not show.
   * dnsmasq(8) is asked a question: it has to see the folder with the names, and to know the names
   * that it was last given. While no names are noted as given it only has to answer, since it will
   * be given them.
   */
  boolean answers(DaemonProcess daemon) {
    return switch (daemon.kind()) {
      case SWITCH -> isOpen(daemon) && hasTap(daemon) && !Proc.isStopped(daemon.process().pid());
      case NAMES -> serves(daemon);
      case CAPTURE -> writes(daemon) && !Proc.isStopped(daemon.process().pid());
    };
  }

  /** Whether its socket is there, whether or not its users can open it. */
  boolean isBound(DaemonProcess daemon) {
    return switch (daemon.kind()) {
      case SWITCH -> socket(daemon) != null;
      case NAMES -> place(daemon) != null;
      case CAPTURE -> writes(daemon);
    };
  }

  private boolean serves(DaemonProcess daemon) {
    String mark = names.mark();
    return switch (ask(daemon, mark == null ? NOBODY : mark, LIMIT_OF_AN_ANSWER)) {
      case KNOWN, FORBIDDEN -> true;
      case UNKNOWN -> mark == null;
      case SILENCE -> false;
    };
  }

  /** Whether it comes to know a name after it was asked to read its files. */
  boolean learns(DaemonProcess daemon, String name) {
    return Polling.until(
            Patience.of(LIMIT_OF_A_READING),
            () -> Effort.of(daemon.process().pid()),
            () -> 0,
            () -> ask(daemon, name, LIMIT_OF_AN_ANSWER) != NameQuestion.Reply.UNKNOWN)
        == Patience.Verdict.WAIT;
  }

  private NameQuestion.Reply ask(DaemonProcess daemon, String name, Duration limit) {
    InetAddress place = place(daemon);
    return place == null || !seesNames(daemon)
        ? NameQuestion.Reply.SILENCE
        : new NameQuestion(place, daemon.process().pid()).ask(name, limit);
  }

  /**
   * Whether it sees the present folder: where the run directory was lost, it still sees the deleted
   * one.
   */
  private boolean seesNames(DaemonProcess daemon) {
    Path seen = Path.of("/proc/" + daemon.process().pid() + "/root" + layout.names());
    try {
      return Files.isSameFile(seen, layout.names());
    } catch (IOException gone) {
      return false;
    }
  }

  /** It opens its file once it hears the interface; the folder may be another one by now. */
  private boolean writes(DaemonProcess daemon) {
    Path folder = layout.captures(daemon.network());
    Path seen = Path.of("/proc/" + daemon.process().pid() + "/root" + folder);
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/" + daemon.process().pid() + "/fd"))) {
      boolean isOpen = false;
      for (Path file : open) {
        isOpen |= Files.readSymbolicLink(file).startsWith(folder);
      }
      return isOpen && Files.isSameFile(seen, folder);
    } catch (IOException | DirectoryIteratorException gone) {
      return false;
    }
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

  /** A removed tap no longer has a name in what the kernel reports of the open file. */
  private static boolean hasTap(DaemonProcess daemon) {
    int option = daemon.words().indexOf("-tap");
    String line = "iff:\t" + (option < 0 ? "" : daemon.words().get(option + 1));
    return Proc.openFiles(daemon.process().pid()).stream()
        .anyMatch(file -> file.lines().anyMatch(line::equals));
  }

  /** An address on which it takes questions; null when there is none. */
  private static @Nullable InetAddress place(DaemonProcess daemon) {
    long pid = daemon.process().pid();
    Set<String> sockets = sockets(pid);
    try {
      for (String line : KernelText.read("/proc/" + pid + "/net/udp", LIMIT).lines().toList()) {
        String[] fields = line.strip().split("\\s+", -1);
        Matcher place = PLACE.matcher(fields.length > INODE ? fields[1] : "");
        if (place.matches() && sockets.contains(fields[INODE])) {
          int address = Integer.reverseBytes(Integer.parseUnsignedInt(place.group(1), 16));
          return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(address).array());
        }
      }
      return null;
    } catch (IOException ended) {
      return null;
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
