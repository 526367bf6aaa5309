package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The terminals that hold the consoles: a session of screen(1) for each instance, in a process
 * session of its own, so that nothing that happens to the agent reaches it. Root's alone.
 */
final class ScreenSessions {
  /**
   * A guest writes to this terminal what it likes, and an administrator types into it. So: nothing
   * is logged or written to a file, no window beside the console is opened, and the keys that would
   * end the kernel or leave what was typed in a file are unbound. Ctrl-a d detaches.
   */
  private static final String SETTINGS =
      """
      startup_message off
      vbell off
      defutf8 on
      autodetach on
      deflog off
      defnonblock on
      defscrollback 2000
      zmodem off
      maxwin 1
      shell /bin/false
      # A kernel that dies leaves its window, so that the agent can read what it showed. The first
      # key closes it; the second would run the kernel again, and is the same, so that none does.
      zombie qq
      bind k
      bind ^k
      bind K
      bind \\\\
      bind H
      bind h
      bind >
      bind <
      bind c
      bind ^c
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration HELD = Duration.ofMinutes(1);
  private static final Duration CAPTURE = Duration.ofSeconds(10);

  private final Layout layout;

  ScreenSessions(Layout layout) {
    this.layout = layout;
  }

  /**
   * A session.
   *
   * @param id as screen(1) names it, unique on this host
   */
  record Session(KernelProcess process, String id) {
    long pid() {
      return process.pid();
    }
  }

  /** The instance's session, also one whose kernel has died; null for none. */
  @Nullable Session find(ResourceName name) {
    String end = "." + title(name);
    try (DirectoryStream<Path> sockets = Files.newDirectoryStream(layout.screens())) {
      for (Path socket : sockets) {
        String id = socket.getFileName().toString();
        if (!id.endsWith(end) || !Character.isDigit(id.charAt(0))) {
          continue;
        }
        long pid = Long.parseLong(id.substring(0, id.indexOf('.')));
        KernelProcess process = Proc.process(pid);
        if (process != null && Proc.words(pid).get(0).equalsIgnoreCase("screen")) {
          // In capitals once it has told itself from the program that attaches.
          return new Session(process, id);
        }
        Files.deleteIfExists(socket); // Its program was killed, or the host restarted.
      }
      return null;
    } catch (NoSuchFileException none) {
      return null;
    } catch (IOException e) {
      throw Problem.of(
              "screens-unreadable", "looking for consoles in " + layout.screens() + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  /**
   * Runs env(1) with {@code words} in a new session, which {@link #find} sees a moment later.
   *
   * @param apart whether in a new network namespace, with nothing in it
   * @param prepare called, with the id of a process that is where the session will be, before the
   *     session begins; when it throws none does
   */
  void open(ResourceName name, List<String> words, boolean apart, LongConsumer prepare) {
    prepare();
    List<String> around = apart ? List.of("unshare", "--net", "--") : List.of();
    command(
            "-S",
            title(name),
            "-c",
            layout.screenSettings().toString(),
            "-d",
            "-m",
            "env",
            "-S",
            EnvSplit.join(words))
        .heldBack(around)
        .output(pid -> {
          if (apart && !Polling.until(HELD, () -> NetworkNamespace.isApart(pid))) {
            throw Problem.of("no-namespace", "no network namespace could be made for " + name)
                .hint("Does the host's kernel have CONFIG_NET_NS? Look into dmesg.")
                .asException();
          }
          prepare.accept(pid);
        });
  }

  /** No key of a dead kernel's window starts it again, as in one of an older agent. */
  void neverRevive(Session session) {
    command("-S", session.id(), "-X", "zombie", "qq").run();
  }

  /** What the terminal shows and has shown, as far as it remembers; empty when it does not say. */
  String shown(ResourceName name, Session session) {
    Path capture = layout.consoleCapture(name);
    try {
      Files.deleteIfExists(capture);
      command("-S", session.id(), "-p", "0", "-X", "hardcopy", "-h", capture.toString()).run();
      // Its program was told, and writes when it gets to run; two looks alike, and it has.
      long size = -1;
      long end = System.nanoTime() + CAPTURE.toNanos();
      while (System.nanoTime() < end && (size <= 0 || Files.size(capture) != size)) {
        size = Files.exists(capture) ? Files.size(capture) : -1;
        Polling.milliseconds(20);
      }
      return size < 0 ? "" : new String(Files.readAllBytes(capture), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    } finally {
      delete(capture);
    }
  }

  /** Ends the session, if it is there. Not for one whose kernel runs: it would lose its console. */
  void end(ResourceName name) {
    Session session = find(name);
    if (session != null) {
      end(session);
    }
  }

  /** The same, of this session and no later one. */
  void end(Session session) {
    command("-S", session.id(), "-X", "quit").run();
    if (!Polling.until(PATIENCE, () -> !Proc.lives(session.process()))) {
      ProcessHandle.of(session.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
    delete(layout.screens().resolve(session.id()));
  }

  /** What a command about these sessions needs to know. */
  Map<String, String> environment() {
    return Map.of("SCREENDIR", layout.screens().toString());
  }

  private Command command(String... words) {
    List<String> all = new ArrayList<>(List.of("screen"));
    all.addAll(List.of(words));
    return Command.of(all)
        .with("SCREENDIR", layout.screens().toString())
        .with("SYSSCREENRC", "/dev/null"); // What the host's people set for themselves.
  }

  private static String title(ResourceName name) {
    return "fjord-" + name;
  }

  /** One at a time: a host's first starts all find nothing there, and write the same file. */
  private synchronized void prepare() {
    try {
      for (Path folder : new Path[] {layout.screens(), layout.consoles()}) {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      byte[] settings = SETTINGS.getBytes(StandardCharsets.UTF_8);
      Path file = layout.screenSettings();
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), settings)) {
        DurableFile.write(file, settings);
      }
    } catch (IOException e) {
      throw Problem.of("write-failed", "preparing " + layout.screens() + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException keptUntilNextTime) {
      // The next look or start removes it.
    }
  }
}
