package dev.fjord.host.linux.daemon;

import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.host.linux.uml.KernelProcesses;
import dev.fjord.host.linux.uml.Proc;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedDaemon.Kind;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the daemons that run, by looking at every process of the host. A process is a daemon of
 * fjord's when it has the program's name and an argument with the run directory's path, when it is
 * the second process of a pid namespace whose first is root's (bubblewrap), and when its user could
 * not have made such a namespace.
 */
final class DaemonProcesses {
  private static final Path PROC = Path.of("/proc");

  private static final String SETTINGS = "--conf-file=";

  private final Layout layout;

  DaemonProcesses(Layout layout) {
    this.layout = layout;
  }

  /**
   * All of them; a process that ends while it is looked at is none.
   *
   * @throws dev.fjord.problem.ProblemException when processes cannot be listed
   */
  List<DaemonProcess> all() {
    List<Long> pids = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        pids.add(Long.parseLong(process.getFileName().toString()));
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw Problem.of("processes-unreadable", "listing the processes of this host failed")
          .detail(e.toString())
          .asException(e);
    }
    return among(pids);
  }

  /**
   * Those of them that are daemons.
   *
   * @param pids all second processes of pid namespaces at least
   */
  List<DaemonProcess> among(Collection<Long> pids) {
    return pids.stream().map(this::look).filter(Objects::nonNull).toList();
  }

  /** Those of one switch: one, except where a killed run has left more. */
  List<DaemonProcess> of(Kind kind, ResourceName network) {
    return all().stream()
        .filter(daemon -> daemon.kind() == kind && daemon.network().equals(network))
        .toList();
  }

  private @Nullable DaemonProcess look(long pid) {
    List<String> words = Proc.words(pid);
    Kind kind = kind(words.get(0));
    ResourceName network = kind == null ? null : networkOf(kind, words);
    if (kind == null || network == null) {
      return null;
    }
    int uid = Proc.uid(Proc.status(pid));
    KernelProcess process = Proc.process(pid);
    if (process == null || uid <= 0 || !KernelProcesses.isMain(pid, uid)) {
      return null;
    }
    KernelProcess first = Proc.first(process);
    return first != null && Proc.uid(Proc.status(first.pid())) == 0
        ? new DaemonProcess(kind, network, process, uid, words)
        : null;
  }

  private static @Nullable Kind kind(String program) {
    for (Kind kind : Kind.values()) {
      if (program.startsWith("/") && program.endsWith("/" + kind.program())) {
        return kind;
      }
    }
    return null;
  }

  /**
   * The switch that the words name; null for words that name none: other programs' words can be
   * anything.
   */
  private @Nullable ResourceName networkOf(Kind kind, List<String> words) {
    try {
      return network(kind, words);
    } catch (InvalidPathException noPathThatThisProgramWrites) {
      return null;
    }
  }

  private @Nullable ResourceName network(Kind kind, List<String> words) {
    return switch (kind) {
      case SWITCH -> {
        int option = words.indexOf("-unix");
        Path socket =
            Path.of(option < 0 || option + 1 >= words.size() ? "/" : words.get(option + 1));
        Path folder = socket.getParent();
        yield folder != null && layout.switches().equals(folder.getParent())
            ? named(String.valueOf(folder.getFileName()))
            : null;
      }
      case CAPTURE -> {
        int option = words.indexOf("-w");
        Path file = Path.of(option < 0 || option + 1 >= words.size() ? "/" : words.get(option + 1));
        Path folder = file.getParent();
        Path instance = folder == null ? null : folder.getParent();
        ResourceName name =
            instance != null && layout.instances().equals(instance.getParent())
                ? named(String.valueOf(instance.getFileName()))
                : null;
        yield name != null && layout.captures(name).equals(folder) ? name : null;
      }
      case NAMES ->
          words.stream()
              .filter(word -> word.startsWith(SETTINGS) && word.endsWith(".conf"))
              .map(word -> Path.of(word.substring(SETTINGS.length())))
              .filter(file -> layout.names().equals(file.getParent()))
              .map(file -> file.getFileName().toString().replaceFirst("\\.conf$", ""))
              .map(DaemonProcesses::named)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
    };
  }

  private static @Nullable ResourceName named(String name) {
    return name.matches(ResourceName.PATTERN) ? new ResourceName(name) : null;
  }
}
