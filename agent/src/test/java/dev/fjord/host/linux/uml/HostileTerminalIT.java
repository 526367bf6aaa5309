package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.group.MachineGroups;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds a console reads all that its guest writes, so one day a guest may take it over. Here
 * it has: programs are run in its place, with its user and within its walls.
 */
class HostileTerminalIT {
  @TempDir Path folder;
  private Layout layout;
  private StartLog log;
  private ScreenSessions sessions;
  private final List<TestInstance> made = new ArrayList<>();
  private TestInstance taken;
  private TestInstance other;
  private KernelProcess takenKernel;
  private KernelProcess otherKernel;

  @BeforeEach
  void two_machines() throws Exception {
    RealKernel.assumeThatInstancesRunHere();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    log = new StartLog(layout, InstantSource.system());
    sessions = new ScreenSessions(layout);
    RealKernel.store(layout);
    taken = instance("taken", 30_031);
    other = instance("other", 30_032);
    takenKernel = start(taken);
    otherKernel = start(other);
  }

  @AfterEach
  void end_what_was_started() {
    var stopper = new KernelStopper(layout, log, Duration.ofMillis(10));
    made.forEach(instance -> stopper.stop(instance.name, instance.uid));
  }

  @Test
  void reaches_nothing_of_the_hosts_or_of_other_machines() throws Exception {
    var terminal = terminal(other);
    var script =
        """
        try() { if "$@" >/dev/null 2>&1; then echo "OPEN $*"; else echo "shut $*"; fi; }
        try ls /usr/lib
        try cat /etc/shadow
        try ls /root
        try ls /sys/kernel
        try cat %1$s/instances/other/root.cow
        try cat %1$s/instances/taken/root.cow
        try ls %2$s/console
        try cat %2$s/console/other.kernel
        try ls %2$s/umid
        try cat /proc/%3$d/cmdline
        try kill -0 %3$d
        try kill -0 %4$d
        try kill -0 %5$d
        try ls /proc/%5$d/root/run/screen
        try test -w /proc/%5$d/root/dev/pts/0
        try cat /proc/1/mem.none /proc/1/environ /etc/hostname
        try test -e /etc/machine-id -o -e /etc/hostname
        try chroot / true
        try test "$(id -u)" = 0
        try grep -q 'NoNewPrivs:.0' /proc/self/status
        try grep -q 'Seccomp:.0' /proc/self/status
        """
            .formatted(
                layout.state(), layout.run(), otherKernel.pid(), takenKernel.pid(), terminal.pid());
    var file = folder.resolve("script");
    Files.writeString(file, script);
    // Where screen(1) was before, as root and in no place of its own, most of it is open.
    var before = Command.of("busybox", "sh", file.toString()).output();
    assertThat(before.lines().filter(line -> line.startsWith("OPEN"))).hasSizeGreaterThan(17);

    var results = inside(taken, "script", script);
    assertThat(results.lines().filter(line -> line.startsWith("OPEN")))
        .as("of all that was tried: %s", results)
        .containsExactly("OPEN ls /usr/lib");
    assertThat(results.lines()).hasSize((int) before.lines().count());
    assertThat(Proc.lives(otherKernel)).isTrue();
  }

  @Test
  void asks_the_host_for_nothing_that_a_terminal_does_not_need() throws Exception {
    var source = folder.resolve("hostile.c");
    var program = folder.resolve("hostile");
    try (var text = HostileTerminalIT.class.getResourceAsStream("hostile.c")) {
      Files.write(source, text.readAllBytes());
    }
    Command.of("gcc", "-static", "-O1", "-o", program.toString(), source.toString()).output();
    var before = Command.of("setpriv", "--reuid=30031", "--clear-groups", program + "", "outside");
    assertThat(before.output().lines().filter(line -> line.startsWith("open")))
        .hasSizeGreaterThan(15);
    Files.copy(program, place(taken).resolve("hostile"));
    var results = run(taken, List.of(TerminalConfinement.SCRATCH + "/hostile", "outside"));
    assertThat(results.lines().limit(3)).allMatch(line -> line.startsWith("open"));
    assertThat(results.lines().skip(3).filter(line -> line.startsWith("open")))
        .as("open in spite of the filter: %s", results)
        .isEmpty();
    assertThat(results).endsWith("end\n");
  }

  /** The same walls around who reads the console as around who was run beside it here. */
  @Test
  void has_walls_of_its_own_around_it_and_bounds() throws Exception {
    for (var screen : List.of(terminal(taken).pid(), terminal(other).pid())) {
      var status = Proc.status(screen);
      assertThat(status).contains("NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000");
      assertThat(status).contains("CapBnd:\t0000000000000000", "Groups:\t \n");
    }
    assertThat(Proc.uid(Proc.status(terminal(taken).pid()))).isEqualTo(taken.uid);
    var places = new HashMap<String, String>();
    for (var process :
        Map.of(
                "host", ProcessHandle.current().pid(),
                "kernel", takenKernel.pid(),
                "terminal", terminal(taken).pid(),
                "another", terminal(other).pid())
            .entrySet()) {
      for (var kind : List.of("mnt", "pid", "ipc", "uts")) {
        var link = Files.readSymbolicLink(Path.of("/proc/" + process.getValue() + "/ns/" + kind));
        assertThat(places.put(link.toString(), process.getKey() + " " + kind)).isNull();
      }
    }
    var groups = new MachineGroups(layout);
    for (var pid : sessions.processes(taken.name)) {
      assertThat(groups.holds(taken.name, pid)).as("%s in the machine's group", pid).isTrue();
    }
    assertThat(sessions.processes(taken.name)).hasSize(3);
  }

  /** What bubblewrap notes of a kernel's end is nobody's to write. */
  @Test
  void a_kernel_does_not_hold_the_note_of_its_end() throws Exception {
    var note = layout.kernelNote(taken.name);
    assertThat(Files.getPosixFilePermissions(note))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    for (var pid : List.of(takenKernel.pid(), terminal(taken).pid())) {
      assertThat(files(pid)).isNotEmpty().doesNotContain(note.toString());
    }
    // Who holds it is root's.
    var unties = StartRecord.of(note).first();
    assertThat(files(unties)).contains(note.toString());
  }

  /** A terminal that answers with what is not its own, or never. */
  @Test
  void what_it_says_of_its_console_is_bounded_and_its_own() throws Exception {
    var terminal = terminal(taken);
    assertThat(sessions.shown(taken.name, terminal)).isNotBlank();
    var shown = place(taken).resolve("shown");
    Files.createDirectory(shown); // It cannot be written to, and is no file.
    assertThat(sessions.shown(taken.name, terminal)).isEmpty();
    Files.delete(shown);
    Files.createSymbolicLink(shown, Path.of("/etc/passwd"));
    assertThat(sessions.shown(taken.name, terminal)).doesNotContain("root:");
    Files.deleteIfExists(shown);
    Command.of("kill", "-STOP", Long.toString(terminal.pid())).output();
    assertThat(sessions.shown(taken.name, terminal)).isEmpty();
    sessions.end(taken.name);
    assertThat(Proc.lives(terminal.process())).isFalse();
    assertThat(Proc.lives(takenKernel)).isTrue();
  }

  /**
   * Who looks at it shows it on a terminal of their own, which does more than show: it tells its
   * title as if that was typed, and fills the clipboard.
   */
  @Test
  void has_no_say_over_the_terminal_of_who_looks_at_it() throws Exception {
    Files.copy(Path.of("/usr/bin/busybox"), place(taken).resolve("busybox"));
    Files.writeString(
        place(taken).resolve("script"),
        """
        printf '\\033]0;reboot\\007\\033[21t\\033[6n\\033]52;c;cmVib290Cg==\\007\\005\\302\\233c'
        printf '\\033[1;31mlook here\\033[m'
        """);
    var scratch = TerminalConfinement.SCRATCH;
    var words = new ArrayList<>(sessions.attachment(terminal(taken), "xterm").words());
    var attaches = words.lastIndexOf("screen");
    words.subList(attaches, words.size()).clear();
    words.addAll(List.of(scratch + "/busybox", "sh", scratch + "/script"));

    // As it is when the program has the administrator's terminal as its own.
    assertThat(Command.of(words).output()).contains("\033]52;c;", "\033[21t", "\033[6n", "\005");

    assertThat(Command.of(Administrator.attaches(words)).output())
        .isEqualTo("\033[1;31mlook here\033[m");
  }

  private ScreenSessions.Session terminal(TestInstance instance) {
    return sessions.find(instance.name);
  }

  private Path place(TestInstance instance) {
    return Path.of("/proc/" + terminal(instance).pid() + "/root" + TerminalConfinement.SCRATCH);
  }

  private String inside(TestInstance instance, String name, String script) throws IOException {
    var place = place(instance);
    Files.copy(Path.of("/usr/bin/busybox"), place.resolve("busybox"));
    Files.writeString(place.resolve(name), script);
    var scratch = TerminalConfinement.SCRATCH;
    return run(instance, List.of(scratch + "/busybox", "sh", scratch + "/" + name));
  }

  private String run(TestInstance instance, List<String> words) {
    var terminal = terminal(instance);
    return Command.of(
            new TerminalConfinement(layout).words(terminal.pid(), terminal.uid(), Map.of(), words))
        .output();
  }

  private static List<String> files(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      List<String> files = new ArrayList<>();
      for (var link : open.toList()) {
        files.add(Files.readSymbolicLink(link).toString());
      }
      return files;
    }
  }

  private TestInstance instance(String name, int uid) throws Exception {
    var instance =
        TestInstance.create(
            layout, new ResourceName(name).value(), uid, RealKernel.NAME, TestInstance.OBEDIENT);
    made.add(instance);
    return instance;
  }

  private KernelProcess start(TestInstance instance) {
    return new KernelStarter(
            layout,
            new KernelTrial(layout, RealKernel.UID),
            log,
            new PostMortem(layout, log, InstantSource.system()),
            Duration.ofSeconds(60),
            Connector.NONE,
            new StartsUnderWay())
        .start(instance.launch(), () -> {});
  }
}
