package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.model.HostBounds.Bound;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * A guest's root can make its kernel run any code. So here a shell is started in the place of a
 * kernel, as if it had come to that, and tries what it likes.
 */
class HostileKernelIT {
  private static final ResourceName EVIL = new ResourceName("evil");

  @TempDir Path folder;
  private Layout layout;
  private StartLog log;
  private KernelProcesses processes;
  private final List<TestInstance> made = new ArrayList<>();

  @BeforeEach
  void a_host() {
    RealKernel.assumeThatInstancesRunHere();
    layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    log = new StartLog(layout, InstantSource.system());
    processes = new KernelProcesses(layout);
  }

  @AfterEach
  void end_what_was_started() {
    var stopper = new KernelStopper(layout, log, Duration.ofMillis(10));
    made.forEach(instance -> stopper.stop(instance.name, instance.uid));
  }

  @Test
  void reads_and_writes_nothing_but_its_own() throws Exception {
    allowEveryCall(); // These walls stand by themselves.
    RealKernel.store(layout);
    var victim = start(RealKernel.NAME, "victim", 30_021);
    var victimKernel = processes.find(victim.name, victim.uid);
    Files.createDirectories(layout.run());
    Files.writeString(layout.controlSocket(), "x");
    var results =
        attack(
            """
            try() { if "$@" >/dev/null 2>&1; then echo "OPEN $*"; else echo "shut $*"; fi; }
            # What it may do: without these, a broken shell would look like a tight place.
            try cat %1$s/instances/evil/root.cow
            try dd if=/dev/zero of=%1$s/instances/evil/swap.img bs=512 count=1 conv=notrunc
            try touch %2$s/umid/evil/file
            try ls /usr/lib
            try cat /etc/passwd
            try cat /etc/shadow
            try ls /root
            try ls /home
            try ls /sys
            try cat %1$s/instances/evil/instance.json
            try ls %1$s/instances/victim
            try cat %1$s/instances/victim/root.cow
            try cat %2$s/control
            try ls %2$s/console
            try ls %2$s/umid/victim
            try cat /proc/%3$d/cmdline
            try kill -0 %3$d
            try kill -9 1
            try cat /proc/1/environ
            try ls /proc/1/root/
            try touch /evil
            try touch /usr/lib/evil
            try touch /lib/evil
            try touch /dev/evil
            try touch %1$s/instances/evil/evil
            try mv %1$s/instances/evil/root.cow %1$s/instances/evil/other
            try cp /dev/null %1$s/images/tiny/*.img
            try chmod 666 %1$s/images/tiny/*.img
            try mknod /dev/shm/sda b 8 0
            try mount -t tmpfs none /dev/shm
            try chroot / true
            try dd if=/dev/zero of=/dev/shm/big bs=1M count=300
            try dd if=/dev/zero of=%1$s/instances/evil/root.cow bs=1M count=300 conv=notrunc
            try dd if=/dev/zero of=%2$s/umid/evil/big bs=64k count=100
            try chpst -u 0 true
            try su root
            try cat /dev/kmsg /dev/mem
            try cat /dev/net/tun
            try cat /dev/ptmx
            try test -r /sys/kernel
            try test "$(id -u)" = 0
            try test "$(id -G)" != 30022
            try grep -q 'NoNewPrivs:.0' /proc/self/status
            try grep -qE 'Cap(Inh|Prm|Eff|Bnd|Amb):.*[1-9a-f]' /proc/self/status
            try test "$(ls /proc | grep -c '^[0-9]')" -gt 8
            try ipcrm -a
            try hostname stolen
            """
                .formatted(layout.state(), layout.run(), victimKernel.pid()));
    assertThat(results.lines().filter(line -> line.startsWith("OPEN")))
        .as("of all that was tried: %s", results)
        .hasSize(4);
    assertThat(results.lines().limit(4)).allMatch(line -> line.startsWith("OPEN"));
    assertThat(results.lines().filter(line -> line.startsWith("shut"))).hasSizeGreaterThan(40);
    assertThat(Proc.lives(victimKernel)).isTrue();
  }

  /** Everything that a User-Mode Linux has no need of, tried by a program in its place. */
  @Test
  void asks_the_host_for_nothing_that_a_kernel_does_not_need() throws Exception {
    var program = hostileProgram();
    try (var host = new AbstractListener("fjord-hostile-test")) {
      assertThat(host.socket().isBound()).isTrue();
      // The program is worth something: as a user of the host it comes through with it all.
      var outside =
          Command.of("setpriv", "--reuid=30022", "--clear-groups", program.toString(), "outside")
              .output();
      assertThat(shut(outside))
          .as("shut to any user of this host: %s", outside)
          .doesNotContain("abstract socket of the host", "every port of TCP", "memfd_create")
          .hasSizeLessThanOrEqualTo(8);

      var filtered = asks(program);
      assertThat(filtered.lines().limit(3)).allMatch(line -> line.startsWith("open"));
      assertThat(filtered.lines().skip(3).filter(line -> line.startsWith("open")))
          .as("open in spite of the filter: %s", filtered)
          .isEmpty();
      assertThat(shut(filtered)).hasSizeGreaterThan(20);
    }
  }

  /** The filter is off: what is left stands by the namespace alone. */
  @Test
  void its_network_namespace_has_nothing_of_the_hosts() throws Exception {
    allowEveryCall();
    try (var host = new AbstractListener("fjord-hostile-test")) {
      assertThat(host.socket().isBound()).isTrue();
      var unfiltered = asks(hostileProgram());
      assertThat(shut(unfiltered)).contains("abstract socket of the host");
      assertThat(unfiltered).contains("open every port of TCP", "open every port of UDP");
      // They are ports of its own namespace.
      try (var port = new ServerSocket(40_999);
          var datagrams = new DatagramSocket(40_999)) {
        assertThat(port.isBound() && datagrams.isBound()).isTrue();
      }
    }
  }

  /** It writes over its command line, and takes no notice of anything. */
  @Test
  void is_found_and_ended_whatever_it_says_of_itself() throws Exception {
    asks(hostileProgram());
    var evil = made.get(0);
    var kernel = processes.find(evil.name, evil.uid);
    assertThat(Proc.words(kernel.pid())).allMatch(String::isEmpty);
    var stopper = new KernelStopper(layout, log, Duration.ofMillis(10));
    assertThat(stopper.stop(evil.name, evil.uid).rung())
        .isNotEqualTo(KernelStopper.Rung.DID_NOT_RUN);
    assertThat(RealKernel.processesOf(evil.uid)).isEmpty();
  }

  @Test
  void what_it_has_the_host_remember_ends_itself_and_nobody_else() throws Exception {
    assumeThatTheHostBounds(Bound.MEMORY);
    RealKernel.store(layout);
    var victim = start(RealKernel.NAME, "victim", 30_021);
    var victimKernel = processes.find(victim.name, victim.uid);
    var much = "dd if=/dev/zero of=/dev/null bs=700M count=1";
    assertThat(Command.of(List.of(much.split(" ", -1))).run().exit()).as("without bounds").isZero();
    var results =
        attack("try() { \"$@\" >/dev/null 2>&1 && echo OPEN || echo shut; }\ntry " + much + "\n");
    assertThat(results.strip()).isEqualTo("shut");
    assertThat(Proc.lives(victimKernel)).isTrue();
    assertThat(Mconsole.of(layout, victim.name, victimKernel).ask("version"))
        .isInstanceOf(MconsoleReply.Answer.class);
  }

  /** 300 processes, each in a session of its own, get no more than four. */
  @Test
  void many_processes_get_no_more_of_the_host_than_few() throws Exception {
    assumeThatTheHostBounds(Bound.CPU_WEIGHT);
    allowEveryCall();
    var few = busy("few", 30_023, 4);
    var many = busy("many", 30_024, 300);
    assertThat(few.pid()).isNotEqualTo(many.pid());
    for (KernelProcess one : List.of(few, many)) {
      Files.createFile(Path.of("/proc/" + one.pid() + "/root/dev/shm/go"));
    }
    assertThat(
            Polling.until(Duration.ofMinutes(10), () -> used(30_023) > 100 && used(30_024) > 100))
        .as("both are busy")
        .isTrue();
    var fewBefore = used(30_023);
    var manyBefore = used(30_024);
    assertThat(
            Polling.until(
                Duration.ofMinutes(10),
                () -> used(30_023) - fewBefore + used(30_024) - manyBefore > 1_500))
        .as("processors spent on both, hundredths of a second")
        .isTrue();
    double share = used(30_023) - fewBefore;
    double both = share + used(30_024) - manyBefore;
    assertThat(share / both).as("the share of the few").isBetween(0.425, 0.575);
  }

  private void assumeThatTheHostBounds(Bound what) {
    assumeTrue(
        new MachineGroups(layout).real().real().contains(what), "the host bounds no " + what);
  }

  /**
   * It has nothing to do until it is let go, so that its start takes no longer than a quiet one.
   */
  private KernelProcess busy(String name, int uid, int many) throws Exception {
    var evil = new ResourceName(name);
    storeEvil(
        evil,
        """
        until [ -e /dev/shm/go ]; do sleep 0.1; done
        for i in $(seq %d); do setsid sh -c 'while :; do :; done' & done
        """
            .formatted(many));
    var instance = create(evil, name, uid);
    var problem =
        catchThrowableOfType(
            ProblemException.class, () -> starter(2).start(instance.launch(), () -> {}));
    assertThat(problem.problem().code()).isEqualTo("never-answered");
    return processes.find(evil, uid);
  }

  /** Processor time of all processes of a user, in hundredths of a second. */
  private static long used(int uid) {
    return ProcessHandle.allProcesses()
        .filter(process -> Proc.uid(Proc.status(process.pid())) == uid)
        .flatMap(process -> process.info().totalCpuDuration().stream())
        .mapToLong(time -> time.toMillis() / 10)
        .sum();
  }

  private static List<String> shut(String results) {
    return results
        .lines()
        .filter(line -> line.startsWith("shut "))
        .map(line -> line.substring("shut ".length()))
        .toList();
  }

  private Path hostileProgram() throws Exception {
    var source = folder.resolve("hostile.c");
    var program = folder.resolve("hostile");
    try (var text = HostileKernelIT.class.getResourceAsStream("hostile.c")) {
      Files.write(source, text.readAllBytes());
    }
    Command.of("gcc", "-static", "-O1", "-o", program.toString(), source.toString()).output();
    Command.of("chmod", "0755", folder.toString(), program.toString()).output();
    return program;
  }

  /** Runs the program in the place of a kernel, and returns what it says. */
  private String asks(Path program) throws Exception {
    var kernel = layout.kernel(EVIL, RealKernel.DIGEST);
    Files.createDirectories(kernel.getParent());
    Files.copy(program, kernel);
    Command.of("chmod", "0555", kernel.toString()).output();
    var evil = create(EVIL, "evil", 30_022);
    var problem =
        catchThrowableOfType(
            ProblemException.class, () -> starter(2).start(evil.launch(), () -> {}));
    assertThat(problem.problem().code()).isEqualTo("never-answered");
    var running = processes.find(evil.name, evil.uid);
    var results = Path.of("/proc/" + running.pid() + "/root/dev/shm/results");
    assertThat(Polling.until(Duration.ofMinutes(2), () -> read(results).contains("\nend\n")))
        .as("what it said: %s", read(results))
        .isTrue();
    return read(results);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException notYet) {
      return "";
    }
  }

  /** A program of the host that listens on an abstract name, as many do. */
  private record AbstractListener(AFUNIXServerSocket socket) implements AutoCloseable {
    AbstractListener(String name) throws IOException {
      this(AFUNIXServerSocket.bindOn(AFUNIXSocketAddress.inAbstractNamespace(name)));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void a_link_to_anothers_mconsole_leads_nowhere() throws Exception {
    RealKernel.store(layout);
    var victim = start(RealKernel.NAME, "victim", 30_021);
    var victimKernel = processes.find(victim.name, victim.uid);
    allowEveryCall(); // With the filter it could make no link at all.
    attack(
        "mkdir -p $UML/uml; ln -s %s $UML/uml/mconsole"
            .formatted(layout.mconsole(victim.name, victimKernel.pid())));
    var evil = made.get(1);
    var kernel = processes.find(evil.name, evil.uid);
    assertThat(layout.mconsole(evil.name, kernel.pid())).isSymbolicLink();
    assertThat(Mconsole.of(layout, evil.name, kernel).ask("halt"))
        .isInstanceOf(MconsoleReply.Nobody.class);
    assertThat(Proc.lives(victimKernel)).isTrue();
    assertThat(Mconsole.of(layout, victim.name, victimKernel).ask("version"))
        .isInstanceOf(MconsoleReply.Answer.class);
  }

  @Test
  void what_takes_no_notice_of_anything_is_killed_with_all_that_it_started() throws Exception {
    attack("trap '' TERM HUP INT; for i in 1 2 3 4 5; do setsid sleep 4711 & done");
    var evil = made.get(0);
    var kernel = processes.find(evil.name, evil.uid);
    var stopper = new KernelStopper(layout, log, Duration.ofSeconds(1));
    assertThat(stopper.stop(evil.name, evil.uid).rung()).isEqualTo(KernelStopper.Rung.KILLED);
    assertThat(Proc.lives(kernel)).isFalse();
    assertThat(RealKernel.processesOf(evil.uid)).isEmpty();
  }

  @Test
  void who_has_powered_off_and_does_not_end_is_ended() throws Exception {
    attack("trap '' TERM HUP INT; echo '[   12.345678] reboot: Power down' >&0");
    var evil = made.get(0);
    var stopper = new KernelStopper(layout, log, Duration.ofSeconds(20));
    assertThat(stopper.stop(evil.name, evil.uid).rung()).isEqualTo(KernelStopper.Rung.SHUT_DOWN);
    assertThat(RealKernel.processesOf(evil.uid)).isEmpty();
  }

  private TestInstance start(ResourceName kernel, String name, int uid) throws Exception {
    var instance = create(kernel, name, uid);
    starter(60).start(instance.launch(), () -> {});
    return instance;
  }

  private TestInstance create(ResourceName kernel, String name, int uid) throws Exception {
    var instance = TestInstance.create(layout, name, uid, kernel, TestInstance.OBEDIENT);
    made.add(instance);
    return instance;
  }

  private void allowEveryCall() throws Exception {
    var allow = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    allow.putShort((short) 0x06).putShort((short) 0).putInt(0x7fff0000);
    Files.write(SyscallFilter.KERNEL.file(layout), allow.array());
  }

  /** Runs a script in the place of a kernel, and returns what it wrote. */
  private String attack(String script) throws Exception {
    storeEvil(EVIL, script);
    var evil = create(EVIL, "evil", 30_022);
    var problem =
        catchThrowableOfType(
            ProblemException.class, () -> starter(2).start(evil.launch(), () -> {}));
    assertThat(problem.problem().code()).isEqualTo("never-answered");
    var kernel = processes.find(evil.name, evil.uid);
    var shm = Path.of("/proc/" + kernel.pid() + "/root/dev/shm");
    assertThat(Polling.until(Duration.ofMinutes(2), () -> Files.exists(shm.resolve("whole"))))
        .isTrue();
    return Files.readString(shm.resolve("results"), StandardCharsets.UTF_8);
  }

  private void storeEvil(ResourceName name, String script) throws Exception {
    RealKernel.storeScript(
        layout,
        name,
        """
        case "$*" in *umid=trial*) echo 'exitcode=0x00000000'; exit;; esac
        UML=%s
        {
        %s
        } > /dev/shm/results 2>&1
        : > /dev/shm/whole
        while :; do sleep 1; done
        """
            .formatted(layout.umlDirectory(name), script));
  }

  private KernelStarter starter(int seconds) {
    var trial = new KernelTrial(layout, RealKernel.UID);
    return new KernelStarter(
        layout,
        trial,
        log,
        new PostMortem(layout, log, InstantSource.system()),
        Duration.ofSeconds(seconds),
        Connector.NONE,
        new StartsUnderWay());
  }
}
