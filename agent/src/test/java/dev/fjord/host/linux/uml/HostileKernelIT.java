package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.ProblemException;
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
            try ls %2$s/screen
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

  @Test
  void a_link_to_anothers_mconsole_leads_nowhere() throws Exception {
    RealKernel.store(layout);
    var victim = start(RealKernel.NAME, "victim", 30_021);
    var victimKernel = processes.find(victim.name, victim.uid);
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
    assertThat(stopper.stop(evil.name, evil.uid)).isEqualTo(KernelStopper.Rung.KILLED);
    assertThat(Proc.lives(kernel)).isFalse();
    assertThat(RealKernel.processesOf(evil.uid)).isEmpty();
  }

  @Test
  void who_has_powered_off_and_does_not_end_is_ended() throws Exception {
    attack("trap '' TERM HUP INT; echo '[   12.345678] reboot: Power down' >&0");
    var evil = made.get(0);
    var stopper = new KernelStopper(layout, log, Duration.ofSeconds(20));
    assertThat(stopper.stop(evil.name, evil.uid)).isEqualTo(KernelStopper.Rung.SHUT_DOWN);
    assertThat(RealKernel.processesOf(evil.uid)).isEmpty();
  }

  private TestInstance start(ResourceName kernel, String name, int uid) throws Exception {
    var instance = create(kernel, name, uid);
    starter(60).start(instance.launch());
    return instance;
  }

  private TestInstance create(ResourceName kernel, String name, int uid) throws Exception {
    var instance = TestInstance.create(layout, name, uid, kernel, TestInstance.OBEDIENT);
    made.add(instance);
    return instance;
  }

  /** Runs a script in the place of a kernel, and returns what it wrote. */
  private String attack(String script) throws Exception {
    RealKernel.storeScript(
        layout,
        EVIL,
        """
        case "$*" in *umid=trial*) echo 'exitcode=0x00000000'; exit;; esac
        UML=%s
        {
        %s
        } > /dev/shm/results 2>&1
        mv /dev/shm/results /dev/shm/whole
        while :; do sleep 1; done
        """
            .formatted(layout.umlDirectory(EVIL), script));
    var evil = create(EVIL, "evil", 30_022);
    var problem =
        catchThrowableOfType(ProblemException.class, () -> starter(2).start(evil.launch()));
    assertThat(problem.problem().code()).isEqualTo("never-answered");
    var kernel = processes.find(evil.name, evil.uid);
    var results = Path.of("/proc/" + kernel.pid() + "/root/dev/shm/whole");
    assertThat(Polling.until(Duration.ofMinutes(2), () -> Files.exists(results))).isTrue();
    return Files.readString(results, StandardCharsets.UTF_8);
  }

  private KernelStarter starter(int seconds) {
    var trial = new KernelTrial(layout, RealKernel.UID);
    return new KernelStarter(layout, trial, log, Duration.ofSeconds(seconds));
  }
}
