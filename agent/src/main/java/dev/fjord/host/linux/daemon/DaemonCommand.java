package dev.fjord.host.linux.daemon;

import dev.fjord.host.linux.uml.Confinement;
import dev.fjord.host.linux.uml.SyscallFilter;
import dev.fjord.host.linux.uml.TunDevice;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Capture;
import dev.fjord.model.Daemon;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedDaemon.Kind;
import dev.fjord.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The words that run a daemon. Both read what guests send, and are confined as kernels are: their
 * libraries, their folder, and of uml_switch(1) the tun device; no capability but, for dnsmasq(8),
 * port 53.
 */
record DaemonCommand(Layout layout) {
  /** How much a daemon may write to its output. */
  private static final ByteSize OUTPUT = new ByteSize(256 << 10);

  /** A write beyond the limit is an error then, and not the program's end. */
  private static final List<String> UNTIED =
      List.of("env", "--ignore-signal=XFSZ", "unshare", "--fork", "--");

  private static final Path TUN = Path.of("/dev/net/tun");

  List<String> words(Daemon daemon) {
    Path program = program(daemon.kind());
    Confinement confinement = new Confinement(daemon.uid(), largest(daemon)).readOnly(program);
    switch (daemon.kind()) {
      case SWITCH ->
          confinement
              .asking(SyscallFilter.SWITCH.file(layout))
              .device(new TunDevice(layout).node(), TUN)
              .writable(layout.switchFolder(daemon.network()));
      case NAMES ->
          confinement
              .asking(SyscallFilter.NAMES.file(layout))
              .readOnly(layout.names())
              .keeping("net_bind_service");
      // No list of calls is set for it, since those of libpcap (AF_PACKET) are on none of the
      // lists.
      case CAPTURE -> confinement.writable(layout.captures(daemon.network())).keeping("net_raw");
    }
    List<String> all = new ArrayList<>(List.of(program.toString()));
    all.addAll(daemon.arguments());
    List<String> words = new ArrayList<>(UNTIED);
    words.addAll(confinement.words(all));
    return words;
  }

  /**
   * The largest file: for a capture the size of one file and of the last packet, which may go
   * beyond it.
   */
  private static ByteSize largest(Daemon daemon) {
    int size = daemon.arguments().indexOf("-C");
    return daemon.kind() == Kind.CAPTURE && size >= 0
        ? new ByteSize(Long.parseLong(daemon.arguments().get(size + 1)) * 1_000_000)
            .plus(Capture.BEYOND)
        : OUTPUT;
  }

  /**
   * Lets every user that can see the socket connect to it. This runs as the daemon's own user, so
   * that a link in its place leads only to what this user could change anyway.
   */
  List<String> opening(Daemon daemon) {
    Path chmod = Path.of("/bin/chmod");
    return new Confinement(daemon.uid(), OUTPUT)
        .readOnly(chmod)
        .writable(layout.switchFolder(daemon.network()))
        .words(List.of(chmod.toString(), "0666", layout.switchSocket(daemon.network()).toString()));
  }

  private static Path program(Kind kind) {
    for (String folder : List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")) {
      Path program = Path.of(folder, kind.program());
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    throw Problem.of("daemon-missing", kind.program() + " is not installed")
        .hint(
            "apt-get install "
                + switch (kind) {
                  case SWITCH -> "uml-utilities";
                  case NAMES -> "dnsmasq-base";
                  case CAPTURE -> "tcpdump";
                }
                + ". All that does not need it goes on.")
        .asException();
  }
}
