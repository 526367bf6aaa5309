package dev.fjord.host.linux.uml;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.Death;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An administrator at a terminal: another screen(1) session plays that part. */
class ConsoleIT {
  private static final String DETACH = "^Ad";

  @TempDir Path folder;
  private Layout layout;
  private Path terminals;
  private TestInstance linda;
  private KernelProcess kernel;
  private StartLog log;

  @BeforeEach
  void an_instance_that_runs_and_a_terminal() throws Exception {
    RealKernel.assumeThatInstancesRunHere();
    layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    terminals = Files.createDirectory(folder.resolve("t"));
    Files.setPosixFilePermissions(terminals, PosixFilePermissions.fromString("rwx------"));
    log = new StartLog(layout, InstantSource.system());
    RealKernel.store(layout);
    linda = TestInstance.create(layout, "linda", 30_011, RealKernel.NAME, TestInstance.OBEDIENT);
    kernel = starter().start(linda.launch(), () -> {});
  }

  private KernelStarter starter() {
    return new KernelStarter(
        layout,
        new KernelTrial(layout, RealKernel.UID),
        log,
        new PostMortem(layout, log, InstantSource.system()),
        Duration.ofSeconds(60),
        Connector.NONE,
        new StartsUnderWay());
  }

  @AfterEach
  void end_both() {
    if (kernel != null) {
      terminal("-X", "quit");
      Command.of("screen", "-S", "admin1", "-X", "quit")
          .with("SCREENDIR", terminals.toString())
          .run();
      new KernelStopper(layout, log, Duration.ofMillis(10)).stop(linda.name, linda.uid);
    }
  }

  @Test
  void attaches_types_reads_the_answer_detaches_and_the_guest_runs_on() throws Exception {
    attach();
    type("echo $((40 + 2))-fjords^M");
    awaitShown("42-fjords");
    type(DETACH);
    assertThat(Polling.until(Duration.ofMinutes(2), () -> attached().isEmpty())).isTrue();
    assertThat(Proc.lives(kernel)).isTrue();
    assertThat(Mconsole.of(layout, linda.name, kernel).ask("version"))
        .isInstanceOf(MconsoleReply.Answer.class);

    attach();
    awaitShown("42-fjords");
  }

  @Test
  void keys_that_would_end_the_kernel_or_leave_a_file_do_nothing() throws Exception {
    attach();
    for (var key : List.of("^Ak", "y", "^AK", "y", "^A\\\\\\\\", "y", "^AH", "^Ah", "^Ac")) {
      type(key);
    }
    type("^M");
    type("echo still-$((1 + 1))^M");
    awaitShown("still-2");
    assertThat(Proc.lives(kernel)).isTrue();
    assertThat(new ScreenSessions(layout).find(linda.name)).isNotNull();
  }

  @Test
  void a_guest_cannot_command_the_terminal() throws Exception {
    var trap = folder.resolve("trap");
    attach();
    // Screen's own escape sequence to run a command, and the one to run a program with input.
    type("printf '\\\\033]83;exec ... touch " + trap + "\\\\033\\\\\\\\'^M");
    type("printf '\\\\033]83;hardcopy " + trap + "\\\\033\\\\\\\\'^M");
    type("echo done-$((1 + 1))^M");
    awaitShown("done-2");
    assertThat(trap).doesNotExist();
  }

  @Test
  void what_was_typed_is_not_saved_when_the_kernel_dies() throws Exception {
    attach();
    type("SECRET=hunter$((1 + 1))^M");
    type("echo over-$((1 + 1))^M");
    awaitShown("over-2");
    var mconsole = Mconsole.of(layout, linda.name, kernel);
    mconsole.ask("sysrq h");
    awaitShown("sysrq: HELP");
    mconsole.ask("halt");
    assertThat(Polling.until(Duration.ofMinutes(2), () -> !Proc.lives(kernel))).isTrue();
    type("r"); // Which would run it again.
    var postMortem = new PostMortem(layout, log, InstantSource.system());
    postMortem.note(linda.name);
    assertThat(postMortem.last(linda.name).lines().toString()).contains("sysrq: HELP");
    assertThat(layout.lastConsole(linda.name)).content().contains("sysrq: HELP");
    assertThat(new ScreenSessions(layout).find(linda.name))
        .as("what was typed is remembered no longer")
        .isNull();
    assertThat(RealKernel.processesOf(linda.uid)).isEmpty();
    assertThat(filesThatHold("hunter")).isEmpty();
  }

  @Test
  void a_kernel_that_died_has_no_console_and_leaves_what_it_showed() throws Exception {
    Mconsole.of(layout, linda.name, kernel).ask("halt");
    assertThat(Polling.until(Duration.ofMinutes(2), () -> !Proc.lives(kernel))).isTrue();
    var sessions = new ScreenSessions(layout);
    var session = sessions.find(linda.name);
    assertThat(session).isNotNull();
    awaitNothingRunningIn(session);
    assertThatThrownBy(() -> new Console(layout).attach(linda.name))
        .hasMessage("instance linda has no console: no kernel of it runs");
    assertThat(sessions.find(linda.name)).isEqualTo(session);
  }

  @Test
  void what_a_start_has_left_is_looked_at_by_whoever_waits_for_it() throws Exception {
    var sessions = new ScreenSessions(layout);
    var postMortem = new PostMortem(layout, log, InstantSource.system());
    var session = sessions.find(linda.name);
    ProcessHandle.of(kernel.pid()).orElseThrow().destroyForcibly();
    awaitNothingRunningIn(session);

    log.begin(linda.name);
    postMortem.note(linda.name);
    assertThat(postMortem.last(linda.name)).isNull();
    assertThat(sessions.find(linda.name)).isEqualTo(session);

    log.giveUp(linda.name);
    postMortem.note(linda.name);
    assertThat(postMortem.last(linda.name)).isNotNull();
    assertThat(sessions.find(linda.name)).isNull();
  }

  @Test
  void an_instance_that_is_not_there_has_no_console() {
    assertThatThrownBy(() -> new Console(layout).attach(new ResourceName("nobody")))
        .hasMessage("there is no instance nobody on this host");
  }

  /** Who has taken the console over is handed no terminal of whoever attaches to it. */
  @Test
  void the_terminal_of_who_attaches_is_not_handed_over() throws Exception {
    attach();
    var session = new ScreenSessions(layout).find(linda.name);
    var own = terminalOf(attached().get(0));
    assertThat(own).startsWith("/dev/pts/");
    assertThat(terminalsOf(session.pid())).hasSize(1).doesNotContain(own);
  }

  /** Of the terminals that there are, the one that has the name of the console's window ends. */
  @Test
  void it_is_attached_though_another_terminal_ends_meanwhile() throws Exception {
    var goOn = folder.resolve("go-on");
    var others = Files.createDirectory(folder.resolve("o"));
    Files.setPosixFilePermissions(others, PosixFilePermissions.fromString("rwx------"));
    Command.of("screen", "-c", "/dev/null", "-S", "other", "-d", "-m", "sleep", "infinity")
        .with("SCREENDIR", others.toString())
        .output();
    Path its;
    try {
      assertThat(Polling.until(Duration.ofMinutes(2), () -> below(others).size() == 1)).isTrue();
      var other = below(others).get(0);
      assertThat(
              Polling.until(Duration.ofMinutes(2), () -> terminalOf(other).startsWith("/dev/pts/")))
          .isTrue();
      its = Path.of(terminalOf(other));

      begin("sh", "-c", "until [ -e $0 ]; do sleep 0.1; done; exec \"$@\"", goOn.toString());
    } finally {
      Command.of("screen", "-S", "other", "-X", "quit").with("SCREENDIR", others.toString()).run();
    }
    // A program of another test may have the terminal by then.
    Polling.until(Duration.ofSeconds(30), () -> Files.notExists(its));
    Files.createFile(goOn);

    awaitPrompt();
  }

  @Test
  void two_may_look_and_it_is_as_large_as_where_it_is_looked_at() throws Exception {
    attach();
    assertThat(size()).isEqualTo("24 80");
    type(DETACH);
    assertThat(Polling.until(Duration.ofMinutes(2), () -> attached().isEmpty())).isTrue();
    attach("sh", "-c", "stty rows 33 cols 101; exec \"$@\"", "sh");
    assertThat(Polling.until(Duration.ofMinutes(2), () -> size().equals("33 101")))
        .as("the console's size is %s", size())
        .isTrue();
    attach();
    assertThat(attached()).hasSize(2);
    type("echo both-$((1 + 1))^M");
    awaitShown("both-2");
    var screen = new ScreenSessions(layout).find(linda.name).pid();
    assertThat(Polling.until(Duration.ofMinutes(2), () -> terminalsOf(screen).size() == 2))
        .as("the second one is there")
        .isTrue();
  }

  private String size() {
    return Command.of("stty", "-F", "/proc/" + kernel.pid() + "/fd/0", "size").run().text().strip();
  }

  /** One that an agent of before has started: root's, with the kernel below it. */
  @Test
  void a_console_of_an_older_agent_serves_until_the_next_start() throws Exception {
    new KernelStopper(layout, log, Duration.ofSeconds(20)).stop(linda.name, linda.uid);
    var trial = new KernelTrial(layout, RealKernel.UID);
    var launch = linda.launch();
    var disks = LaunchDisks.of(launch.name(), launch.boot().arguments(), layout);
    var begun = new InstanceCommand(layout, trial).begun(launch, disks);
    var words = new ArrayList<>(begun.words());
    var itself = List.of("setarch", "-R", "flock", "--shared", "--no-fork", begun.calls() + "");
    words.addAll(words.indexOf("bwrap"), itself);
    var note = words.indexOf("--json-status-fd");
    words.subList(note, note + 2).clear();
    words.set(words.indexOf("--seccomp") + 1, "3");
    var script = folder.resolve("older");
    Files.writeString(
        script,
        words.stream()
            .map(word -> "'" + word + "'")
            .collect(joining(" ", "exec env --ignore-signal=HUP ", "\n")));
    Files.createDirectories(layout.screens());
    Files.setPosixFilePermissions(layout.screens(), PosixFilePermissions.fromString("rwx------"));
    olderScreen(script).output();
    assertThat(
            Polling.until(
                Duration.ofMinutes(2), () -> new ScreenSessions(layout).find(linda.name) != null))
        .isTrue();
    kernel = starter().start(launch, () -> {});
    var sessions = new ScreenSessions(layout);
    var session = sessions.find(linda.name);
    assertThat(session.isRoots()).isTrue();
    assertThat(new KernelProcesses(layout).around(linda.name, kernel)).contains(session.pid());

    attach();
    type("echo $((40 + 2))-fjords^M");
    awaitShown("42-fjords");
    assertThat(sessions.shown(linda.name, session)).contains("42-fjords");
    type(DETACH);
    Mconsole.of(layout, linda.name, kernel).ask("halt");
    assertThat(Polling.until(Duration.ofMinutes(2), () -> !Proc.lives(kernel))).isTrue();
    var postMortem = new PostMortem(layout, log, InstantSource.system());
    postMortem.note(linda.name);
    assertThat(postMortem.last(linda.name).cause())
        .as(read(layout.lastConsole(linda.name)))
        .isEqualTo(Death.Cause.SHUT_DOWN);

    kernel = starter().start(launch, () -> {});
    assertThat(sessions.find(linda.name).isRoots()).isFalse();
    assertThat(Proc.lives(session.process())).isFalse();
  }

  private Command olderScreen(Path script) {
    return Command.of(
            "screen",
            "-S",
            "fjord-linda",
            "-c",
            layout.screenSettings().toString(),
            "-d",
            "-m",
            "sh",
            script.toString())
        .with("SCREENDIR", layout.screens().toString())
        .with("SYSSCREENRC", "/dev/null");
  }

  private void awaitNothingRunningIn(ScreenSessions.Session session) {
    var sessions = new ScreenSessions(layout);
    assertThat(
            Polling.until(
                Duration.ofMinutes(2), () -> sessions.running(linda.name, session).isEmpty()))
        .isTrue();
  }

  private static String terminalOf(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0")).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The pseudo-terminals that a process has open, but for the place where they are made. */
  private static Set<String> terminalsOf(long pid) {
    var terminals = new TreeSet<String>();
    try (var open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (var link : open) {
        var file = Files.readSymbolicLink(link).toString();
        if (file.startsWith("/dev/pts/") && !file.endsWith("ptmx")) {
          terminals.add(file);
        }
      }
    } catch (IOException closedMeanwhile) {
      terminals.clear();
    }
    return terminals;
  }

  private void attach(String... around) {
    begin(around);
    awaitPrompt();
  }

  private void awaitPrompt() {
    type("^M");
    awaitShown("#");
  }

  private void begin(String... around) {
    var before = attached().size();
    var attachment = new Console(layout).attach(linda.name);
    var words = new ArrayList<>(List.of(around));
    words.addAll(List.of("env", "-u", "STY"));
    attachment.environment().forEach((key, value) -> words.add(key + "=" + value));
    words.addAll(Administrator.attaches(attachment.words()));
    var all =
        new ArrayList<>(List.of("screen", "-c", "/dev/null", "-S", "admin" + before, "-d", "-m"));
    all.addAll(words);
    Command.of(all).with("SCREENDIR", terminals.toString()).output();
    assertThat(Polling.until(Duration.ofMinutes(2), () -> attached().size() > before)).isTrue();
  }

  /** Of each administrator the first process on the terminal. */
  private List<Long> attached() {
    return below(terminals);
  }

  private static List<Long> below(Path screens) {
    List<Long> found = new ArrayList<>();
    try (var sockets = Files.newDirectoryStream(screens)) {
      for (var socket : sockets) {
        var pid = socket.getFileName().toString().split("\\.", -1)[0];
        found.addAll(Proc.children(Long.parseLong(pid)));
      }
      return found;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void type(String keys) {
    terminal("-p", "0", "-X", "stuff", keys);
    Polling.milliseconds(100);
  }

  private void awaitShown(String text) {
    var seen = new StringBuilder();
    assertThat(
            Polling.until(
                Duration.ofMinutes(2),
                () -> {
                  var copy = folder.resolve("screen-copy");
                  terminal("-p", "0", "-X", "hardcopy", copy.toString());
                  Polling.milliseconds(100);
                  seen.setLength(0);
                  seen.append(Files.exists(copy) ? read(copy) : "");
                  return seen.toString().contains(text);
                }))
        .as("waiting for %s, seeing %s", text, seen)
        .isTrue();
  }

  private void terminal(String... words) {
    var all = new ArrayList<>(List.of("screen", "-S", "admin0"));
    all.addAll(List.of(words));
    Command.of(all).with("SCREENDIR", terminals.toString()).run();
  }

  private List<Path> filesThatHold(String text) throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().equals("screen-copy"))
          .filter(file -> read(file).contains(text))
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
