package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The terminals that hold the consoles: a session of screen(1) for each instance, so that nothing
 * that happens to the agent reaches it. It reads what a hostile guest writes, so it is not root's:
 * see {@link TerminalConfinement}. A kernel, which takes root to start, is no child of it; it runs
 * on a terminal that this program holds open. Those that an older agent began are root's, with the
 * kernel below them, and serve until their kernel's end.
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

  /** A chain of some eight short programs: a host that takes longer has stopped. */
  private static final Duration SPAWN = Duration.ofMinutes(1);

  /** What holds the terminal open, and takes no notice of keys that would end it. */
  private static final List<String> HOLDER =
      List.of(
          "env",
          "--ignore-signal=INT",
          "--ignore-signal=QUIT",
          "--ignore-signal=TSTP",
          "sleep",
          "infinity");

  private static final List<String> OWN_TERMINAL =
      List.of("/usr/sbin/runuser", "--pty", "-u", "root", "--");

  /**
   * Begins words in one more terminal where this one has the name of the session's own window:
   * screen(1) compares names, and would take the person who attaches for that window. This one is
   * open until then, so the other one has another name. What is free beforehand says nothing: by
   * the time that a terminal is made, others have come and gone.
   */
  private static final String ANOTHER_NAME =
      """
      my ($taken, $count, @words) = @ARGV;
      my @terminal = splice @words, 0, $count;
      my $own = readlink '/proc/self/fd/0';
      defined $own or die "/proc/self/fd/0: $!\\n";
      @words = (@terminal, @words) if $own eq $taken;
      exec { $words[0] } @words;
      die "$words[0]: $!\\n";
      """;

  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private static final String SHOWN = TerminalConfinement.SCRATCH + "/shown";
  private static final int LOG_LIMIT = 600;

  private final Layout layout;
  private final TerminalConfinement confinement;

  ScreenSessions(Layout layout) {
    this.layout = layout;
    this.confinement = new TerminalConfinement(layout);
  }

  /**
   * A session.
   *
   * @param process that of screen(1), as the host counts
   * @param id as screen(1) names it
   * @param uid its user: the machine's own; 0 for one that an older agent began, which is root's
   *     and has the kernel below it
   */
  record Session(KernelProcess process, String id, int uid) {
    long pid() {
      return process.pid();
    }

    boolean isRoots() {
      return uid == 0;
    }
  }

  /** The instance's session, also one whose kernel has died; null for none. */
  @Nullable Session find(ResourceName name) {
    StartRecord note = StartRecord.of(layout.terminalNote(name));
    if (note != null && note.lives(layout.terminalUser(name).toString())) {
      KernelProcess screen = Proc.process(note.child());
      int uid = Proc.uid(Proc.status(note.child()));
      // Root's until setpriv(1) has become screen.
      if (screen != null && uid > 0 && Proc.parent(screen.pid()) == note.first()) {
        return new Session(screen, "1." + title(name), uid);
      }
    }
    return findRoots(name);
  }

  private @Nullable Session findRoots(ResourceName name) {
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
          // In capitals once the server has split from the program that attaches.
          return new Session(process, id, 0);
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
   * The process that what runs on the terminal descends from; none once that has ended, or while
   * there is none yet.
   */
  List<Long> running(ResourceName name, Session session) {
    if (session.isRoots()) {
      return Proc.children(session.pid());
    }
    StartRecord note = StartRecord.of(layout.kernelNote(name));
    return note != null && note.lives(layout.umlDirectory(name).toString())
        ? List.of(note.first())
        : List.of();
  }

  /** Whether something was started on the terminal, be it gone by now. */
  boolean isInUse(ResourceName name, Session session) {
    return session.isRoots() || StartRecord.of(layout.kernelNote(name)) != null;
  }

  /**
   * How what ran on the terminal has ended, as bubblewrap noted it; null where that is not noted.
   */
  @Nullable Integer exit(ResourceName name) {
    StartRecord note = StartRecord.of(layout.kernelNote(name));
    return note == null ? null : note.exit();
  }

  /** All processes of the terminal itself. */
  List<Long> processes(ResourceName name) {
    Session session = find(name);
    if (session == null || session.isRoots()) {
      return session == null ? List.of() : List.of(session.pid());
    }
    List<Long> all = new ArrayList<>(List.of(Proc.parent(session.pid()), session.pid()));
    all.addAll(Proc.children(session.pid()));
    return all;
  }

  /**
   * Opens a terminal on which nothing runs yet, in a new network namespace with nothing in it. It
   * is the instance's user's, and confined.
   *
   * @param prepare called, with the id of a process that is where the session will be, before it
   *     begins; when it throws none does
   */
  Session open(ResourceName name, int uid, LongConsumer prepare) {
    prepare();
    end(name);
    write(layout.terminalLog(name), "");
    write(layout.terminalUser(name), "console:x:%d:%d::/:/bin/false\n".formatted(uid, uid));
    List<String> program = new ArrayList<>();
    program.addAll(List.of("screen", "-S", title(name)));
    program.addAll(List.of("-c", layout.screenSettings().toString(), "-D", "-m"));
    program.addAll(HOLDER);
    Path note = layout.terminalNote(name);
    Starter.apart()
        .start(
            note,
            layout.terminalLog(name),
            confinement.begun(name, uid, program),
            pid -> {
              if (!Polling.until(HELD, () -> NetworkNamespace.isApart(pid))) {
                throw Problem.of("no-namespace", "no network namespace could be made for " + name)
                    .hint("Does the host's kernel have CONFIG_NET_NS? Look into dmesg.")
                    .asException();
              }
              prepare.accept(pid);
            });
    Session[] open = new Session[1];
    Polling.until(
        SPAWN,
        () -> {
          open[0] = find(name);
          StartRecord begun = StartRecord.of(note);
          return open[0] != null && isReady(open[0]) || begun != null && begun.hasEnded();
        });
    if (open[0] == null || !isReady(open[0])) {
      end(name);
      throw Problem.of("no-terminal", "no terminal could be opened for instance " + name)
          .detail(said(name))
          .hint("'fjord doctor' looks for what is missing.")
          .asException();
    }
    return open[0];
  }

  /**
   * Starts a program on a terminal that {@link #open} has opened. It is no child of the terminal's,
   * and its session has no controlling terminal.
   *
   * @param where a process in whose network namespace it is to be; null for this one
   * @param prepare as for {@link #open}
   */
  void run(
      ResourceName name,
      Session session,
      Starter.Begun begun,
      @Nullable Long where,
      LongConsumer prepare) {
    Path note = layout.kernelNote(name);
    delete(note);
    Starter starter = where == null ? Starter.here() : Starter.beside(where);
    starter.start(
        note,
        inside(session, TerminalConfinement.PTS),
        begun,
        pid -> {
          // What holds still is a moment on its way there.
          if (where != null
              && !Polling.until(HELD, () -> NetworkNamespace.areTogether(pid, where))) {
            throw Problem.of("no-namespace", "the network namespace of " + name + " went away")
                .hint("The next run tries again.")
                .asException();
          }
          prepare.accept(pid);
        });
  }

  /** It has a terminal, and what holds that open has become what it is to be. */
  private static boolean isReady(Session session) {
    return Files.exists(inside(session, TerminalConfinement.PTS))
        && Proc.children(session.pid()).stream()
            .anyMatch(child -> Proc.words(child).get(0).equals("sleep"));
  }

  private static Path inside(Session session, Path path) {
    return Path.of("/proc/" + session.pid() + "/root" + path);
  }

  private String said(ResourceName name) {
    try {
      String said = PlainText.of(Files.readString(layout.terminalLog(name))).strip();
      return said.substring(Math.max(0, said.length() - LOG_LIMIT));
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** No key of a dead kernel's window starts it again, as in one of an older agent. */
  void neverRevive(Session session) {
    if (session.isRoots()) {
      command("-S", session.id(), "-X", "zombie", "qq").run();
    }
  }

  /** What the terminal shows and has shown, as far as it remembers; empty when it does not say. */
  String shown(ResourceName name, Session session) {
    try {
      return session.isRoots() ? shownByRoots(name, session) : shownBy(session);
    } catch (IOException | ProblemException e) {
      return "";
    }
  }

  /** It may have been taken over: what it says is read as its user, with limits. */
  private String shownBy(Session session) {
    // screen(1) got the command, and writes when it gets to run and has read its input; when two
    // looks find the same, it has written.
    String before = "";
    long end = System.nanoTime() + CAPTURE.toNanos();
    while (System.nanoTime() < end) {
      inside(session, "screen", "-S", session.id(), "-p", "0", "-X", "hardcopy", "-h", SHOWN);
      String seen = inside(session, "head", "-c", "4M", SHOWN);
      if (!seen.isEmpty() && seen.equals(before)) {
        break;
      }
      before = seen;
      Polling.milliseconds(20);
    }
    inside(session, "rm", "-f", SHOWN);
    return before;
  }

  private String inside(Session session, String... program) {
    return Command.of(confinement.words(session.pid(), session.uid(), Map.of(), List.of(program)))
        .timeout(CAPTURE)
        .run()
        .text();
  }

  private String shownByRoots(ResourceName name, Session session) throws IOException {
    Path capture = layout.consoleCapture(name);
    try {
      Files.deleteIfExists(capture);
      command("-S", session.id(), "-p", "0", "-X", "hardcopy", "-h", capture.toString()).run();
      long size = -1;
      long end = System.nanoTime() + CAPTURE.toNanos();
      while (System.nanoTime() < end && (size <= 0 || Files.size(capture) != size)) {
        size = Files.exists(capture) ? Files.size(capture) : -1;
        Polling.milliseconds(20);
      }
      return size < 0 ? "" : new String(Files.readAllBytes(capture), StandardCharsets.UTF_8);
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
    StartRecord note = StartRecord.of(layout.terminalNote(name));
    if (note != null && note.lives(layout.terminalUser(name).toString())) {
      List<Long> begun = new ArrayList<>(Proc.children(note.first())); // Not yet screen.
      begun.add(note.first());
      begun.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
    List.of(
            layout.terminalNote(name),
            layout.kernelNote(name),
            layout.terminalLog(name),
            layout.terminalUser(name))
        .forEach(ScreenSessions::delete);
  }

  /** The same, of this session and no later one. */
  void end(Session session) {
    if (session.isRoots()) {
      command("-S", session.id(), "-X", "quit").run();
    } else {
      // The first process of its pid namespace: all others end with it.
      ProcessHandle.of(session.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
    if (!Polling.until(PATIENCE, () -> !Proc.lives(session.process()))) {
      ProcessHandle.of(session.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
    if (session.isRoots()) {
      delete(layout.screens().resolve(session.id()));
    }
  }

  /**
   * Words that attach the caller's terminal, and what they need to know. The terminal of the person
   * who attaches is handed to the session, which may have been taken over: it gets one that is made
   * for the purpose (runuser(1)), and nothing can be typed into the caller's.
   *
   * @param kind what the caller's terminal is called, in terminfo(5)
   */
  Console.Attachment attachment(Session session, String kind) {
    if (session.isRoots()) {
      return new Console.Attachment(
          List.of("screen", "-x", session.id()), Map.of("SCREENDIR", layout.screens().toString()));
    }
    List<String> words = new ArrayList<>(OWN_TERMINAL);
    words.addAll(List.of("perl", "-e", ANOTHER_NAME, "--", TerminalConfinement.PTS.toString()));
    words.add(Integer.toString(OWN_TERMINAL.size()));
    words.addAll(OWN_TERMINAL);
    words.addAll(
        confinement.words(
            session.pid(),
            session.uid(),
            Map.of("TERM", kind),
            List.of("screen", "-x", session.id())));
    return new Console.Attachment(words, Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
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
      Files.createDirectories(layout.consoles());
      Files.setPosixFilePermissions(
          layout.consoles(), PosixFilePermissions.fromString("rwx------"));
      byte[] settings = SETTINGS.getBytes(StandardCharsets.UTF_8);
      Path file = layout.screenSettings();
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), settings)) {
        DurableFile.write(file, settings);
      }
      Files.setPosixFilePermissions(file, READABLE);
    } catch (IOException e) {
      throw Problem.of("write-failed", "preparing " + layout.consoles() + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** For this start alone: it need not outlive a crash of the host. */
  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, READABLE); // Inside; outside only root gets to it.
    } catch (IOException e) {
      throw Problem.of("write-failed", "writing " + file + " failed")
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
