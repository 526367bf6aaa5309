package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.host.linux.uml.KernelStopper.Rung;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Layout;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step.Port;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real kernels, started, looked at, paused and ended. They have no network. */
class KernelIT {
  @TempDir Path folder;
  private Layout layout;
  private StartLog log;
  private KernelProcesses processes;
  private KernelStopper stopper;
  private final List<TestInstance> made = new ArrayList<>();

  @BeforeEach
  void a_host_with_the_distributions_kernel() throws Exception {
    RealKernel.assumeThatInstancesRunHere();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    log = new StartLog(layout, InstantSource.system());
    processes = new KernelProcesses(layout);
    stopper = new KernelStopper(layout, log, Duration.ofSeconds(20));
    RealKernel.store(layout);
  }

  @AfterEach
  void end_what_was_started() {
    var impatient = new KernelStopper(layout, log, Duration.ofMillis(10));
    made.forEach(instance -> impatient.stop(instance.name, instance.uid));
  }

  @Test
  void a_kernel_is_started_seen_paused_resumed_and_shut_down() throws Exception {
    var linda = instance("linda", 30_001, TestInstance.OBEDIENT);
    var kernel = starter(60).start(linda.launch(), () -> {});
    var seen = observe(linda);
    assertThat(seen.pid()).isEqualTo(kernel.pid());
    assertThat(seen.boot()).isEqualTo(linda.boot());
    assertThat(seen.paused()).isFalse();
    assertThat(log.isReady(linda.name, kernel)).isTrue();

    var pause = new KernelPause(layout);
    pause.pause(linda.name, kernel);
    pause.pause(linda.name, kernel);
    assertThat(observe(linda).paused()).isTrue();
    pause.resume(linda.name, kernel);
    pause.resume(linda.name, kernel);
    assertThat(observe(linda).paused()).isFalse();

    awaitInit(linda, kernel);
    assertThat(stopper.stop(linda.name, linda.uid).rung()).isEqualTo(Rung.SHUT_DOWN);
    assertThat(processes.find(linda.name, linda.uid)).isNull();
    assertThat(new ScreenSessions(layout).find(linda.name)).isNull();
    assertThat(layout.umlDirectory(linda.name)).doesNotExist();
    assertThat(stopper.stop(linda.name, linda.uid).rung()).isEqualTo(Rung.DID_NOT_RUN);
  }

  @Test
  void a_later_agent_finds_the_kernel_and_starts_no_second() throws Exception {
    var linda = instance("linda", 30_001, TestInstance.OBEDIENT);
    var kernel = starter(60).start(linda.launch(), () -> {});
    assertThat(starter(60).start(linda.launch(), () -> {})).isEqualTo(kernel);
    Files.delete(layout.starts(linda.name)); // As if the first had been killed while it waited.
    assertThat(starter(60).start(linda.launch(List.of(), true), () -> {})).isEqualTo(kernel);
    assertThat(observe(linda).paused()).isTrue();
    assertThat(log.isReady(linda.name, kernel)).isTrue();
  }

  @Test
  void a_kernel_outlives_its_terminal_and_is_still_ended() throws Exception {
    var linda = instance("linda", 30_001, TestInstance.OBEDIENT);
    var kernel = starter(60).start(linda.launch(), () -> {});
    awaitInit(linda, kernel);
    var session = new ScreenSessions(layout).find(linda.name);
    ProcessHandle.of(session.pid()).orElseThrow().destroyForcibly();
    assertThat(Polling.until(Duration.ofMinutes(2), () -> !Proc.lives(session.process()))).isTrue();
    assertThat(starter(60).start(linda.launch(), () -> {})).isEqualTo(kernel);
    assertThat(stopper.stop(linda.name, linda.uid).rung()).isEqualTo(Rung.SHUT_DOWN);
  }

  @Test
  void a_guest_that_takes_no_notice_is_powered_off_also_when_paused() throws Exception {
    var deaf = instance("deaf", 30_002, TestInstance.DEAF);
    var kernel = starter(60).start(deaf.launch(), () -> {});
    awaitInit(deaf, kernel); // Before, Ctrl-Alt-Del restarts a kernel at once.
    new KernelPause(layout).pause(deaf.name, kernel);
    var quick = new KernelStopper(layout, log, Duration.ofSeconds(2));
    assertThat(quick.stop(deaf.name, deaf.uid).rung()).isEqualTo(Rung.POWERED_OFF);
    assertThat(Proc.lives(kernel)).isFalse();
  }

  @Test
  void a_kernel_that_listens_to_nobody_is_killed_and_that_is_told() throws Exception {
    var linda = instance("linda", 30_001, TestInstance.OBEDIENT);
    var kernel = starter(60).start(linda.launch(), () -> {});
    Command.of("kill", "-STOP", Long.toString(kernel.pid())).output();
    var ending = stopper.stop(linda.name, linda.uid);
    assertThat(ending.rung()).isEqualTo(Rung.KILLED);
    assertThat(ending.tried())
        .hasSize(3)
        .satisfiesExactly(
            one -> assertThat(one).isEqualTo("ctrl-alt-del, not taken by its kernel"),
            two -> assertThat(two).startsWith("sysrq s and u").endsWith("not taken by its kernel"),
            three -> assertThat(three).matches("SIGTERM, no end within [0-9]+\\.[0-9] s"));
    var told = ending.problem(linda.name);
    assertThat(told.code()).isEqualTo("ended-hard");
    assertThat(told.summary())
        .isEqualTo(
            "instance linda did not shut down and was ended by SIGKILL: what its guest had not"
                + " written to its disks is lost");
    assertThat(told.detail())
        .startsWith("tried: ctrl-alt-del, not taken")
        .endsWith("; then SIGKILL");
    assertThat(Proc.lives(kernel)).isFalse();
  }

  @Test
  void a_kernel_that_dies_tells_what_its_console_showed() throws Exception {
    RealKernel.assumeThatInstancesReachTaps();
    var broken = instance("broken", 30_003, TestInstance.OBEDIENT);
    try (var cow = new RandomAccessFile(layout.swap(broken.name).toFile(), "rw")) {
      cow.setLength(0);
    }
    var launch = broken.launch();
    var arguments = new ArrayList<>(launch.boot().arguments());
    arguments.set(arguments.indexOf("root=/dev/ubda"), "root=/dev/ubdz");
    var unbootable = with(launch, arguments, List.of(new Port(TAP, TAP, LEASE)));
    var problem = failure(() -> starter(60).start(unbootable, () -> {}));
    assertThat(problem.code()).isEqualTo("kernel-died");
    assertThat(problem.detail()).contains("VFS: Unable to mount root fs");
    assertThat(layout.bootOutput(broken.name)).content().contains("Kernel panic");
    assertThat(Files.getPosixFilePermissions(layout.bootOutput(broken.name)))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(log.starts(broken.name).failures()).isEqualTo(1);
    assertThat(new ScreenSessions(layout).find(broken.name)).isNull();
    assertThat(Polling.until(Duration.ofMinutes(2), () -> RealKernel.processesOf(30_003).isEmpty()))
        .as("helpers of a dead kernel: %s", RealKernel.processesOf(30_003))
        .isTrue();
  }

  @Test
  void a_guest_that_never_answers_runs_on() throws Exception {
    RealKernel.assumeThatInstancesReachTaps();
    var silent = instance("silent", 30_004, TestInstance.OBEDIENT);
    var launch = silent.launch(List.of(new Port(TAP, TAP, LEASE)), false);
    var problem = failure(() -> starter(4).start(launch, () -> {}));
    assertThat(problem.code()).isEqualTo("never-answered");
    assertThat(problem.summary()).contains("192.0.2.77");
    assertThat(layout.bootOutput(silent.name)).exists();
    assertThat(log.starts(silent.name).notBefore()).isNotNull();
    var kernel = processes.find(silent.name, silent.uid);
    assertThat(kernel).isNotNull();
    assertThat(log.isReady(silent.name, kernel)).isFalse();
  }

  @Test
  void a_missing_or_foreign_root_disk_stops_the_start() throws Exception {
    var linda = instance("linda", 30_001, TestInstance.OBEDIENT);
    Files.write(linda.cow(), new byte[8192]);
    assertThat(failure(() -> starter(5).start(linda.launch(), () -> {})).summary())
        .contains("no COW file");
    Files.delete(linda.cow());
    assertThat(failure(() -> starter(5).start(linda.launch(), () -> {})).summary())
        .contains("missing");
    assertThat(linda.cow()).doesNotExist();
    assertThat(processes.find(linda.name, linda.uid)).isNull();
  }

  @Test
  void a_process_of_another_user_that_imitates_a_kernel_is_none() throws Exception {
    var linda = instance("linda", 30_001, TestInstance.OBEDIENT);
    var kernel = starter(60).start(linda.launch(), () -> {});
    assertThat(processes.observe(Map.of(linda.name, 30_099)).kernels()).isEmpty();
    assertThat(processes.observe(Map.of(new ResourceName("other"), 30_001)).kernels()).isEmpty();
    assertThat(processes.find(linda.name, linda.uid)).isEqualTo(kernel);
  }

  @Test
  void a_kernel_that_this_host_could_not_ask_has_not_been_silent() throws Exception {
    var linda = instance("linda", 30_001, TestInstance.OBEDIENT);
    var kernel = starter(60).start(linda.launch(), () -> {});
    var asked = Map.of(linda.name, kernel);
    try (var uptimes = new Uptimes(layout, Duration.ofSeconds(30))) {
      // No room in the run directory, or no descriptor, is the same to it: no socket comes of it.
      var away = layout.answers().resolveSibling("away");
      Files.move(layout.answers(), away);
      assertThat(uptimes.ask(asked)).isEmpty();
      assertThat(uptimes.unasked()).containsExactly(linda.name);
      Files.move(away, layout.answers());
      assertThat(uptimes.ask(asked)).containsKey(linda.name);
      assertThat(uptimes.unasked()).isEmpty();
    }
    var process = ProcessHandle.of(kernel.pid()).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
    try (var uptimes = new Uptimes(layout, Duration.ofMillis(100))) {
      assertThat(uptimes.ask(asked)).isEmpty();
      assertThat(uptimes.unasked()).as("one that is gone").isEmpty();
    }
  }

  @Test
  void a_kernel_whose_record_and_folder_are_lost_keeps_its_user() throws Exception {
    var linda = instance("linda", 30_001, TestInstance.OBEDIENT);
    starter(60).start(linda.launch(), () -> {});
    assertThat(processes.observe(Map.of()).strayUids()).containsExactly(linda.uid);
    assertThat(processes.observe(Map.of(linda.name, linda.uid)).strayUids()).isEmpty();
  }

  private static final InterfaceName TAP = new InterfaceName("tap-nowhere");
  private static final Lease LEASE =
      ModelFixtures.lease(
          new ResourceName("lan"),
          Ipv4Address.parse("192.0.2.77"),
          MacAddress.parse("02:00:00:00:00:01"),
          TAP);

  private TestInstance instance(String name, int uid, String inittab) throws Exception {
    var instance = TestInstance.create(layout, name, uid, RealKernel.NAME, inittab);
    made.add(instance);
    return instance;
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

  private dev.fjord.model.RunningKernel observe(TestInstance instance) {
    return processes.observe(Map.of(instance.name, instance.uid)).kernels().get(instance.name);
  }

  /** Its kernel answers before its init does. */
  private void awaitInit(TestInstance instance, KernelProcess kernel) {
    var mconsole = Mconsole.of(layout, instance.name, kernel);
    assertThat(
            Polling.until(
                Duration.ofMinutes(2),
                () -> mconsole.ask("proc mounts").textOrThrow("looking").contains("/proc")))
        .isTrue();
  }

  private static dev.fjord.plan.Step.Launch with(
      dev.fjord.plan.Step.Launch launch, List<String> arguments, List<Port> ports) {
    return new dev.fjord.plan.Step.Launch(
        launch.name(),
        launch.kernel(),
        launch.kernelDigest(),
        launch.image(),
        launch.imageDigest(),
        launch.uid(),
        new dev.fjord.model.KernelInvocation(launch.boot().binary(), arguments),
        ports,
        false,
        launch.bounds());
  }

  private static Problem failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(ProblemException.class, call).problem();
  }
}
