package dev.fjord.e2e;

import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes this host slow for some processes and what they start: a control group gives them a fifth
 * of a processor where User-Mode Linux is quick, and more where it is not, so that a boot takes
 * some ten times what it takes on a quick host. Where no group can be had, busy loops take the
 * processors instead.
 */
final class SlowHost implements AutoCloseable {
  /** Started one after another by a guest that is tried: most of a boot is that. */
  private static final int PROGRAMS = 60;

  /** What two such guests for each processor take to their ends on a quick host. */
  private static final double QUICK_MILLIS = 2000;

  private static final double SHARE = 0.2;
  private static final int PERIOD_MICROS = 100_000;
  private static final int LOOPS_FOR_A_PROCESSOR = 8;
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  private final Path group;
  private final List<Process> loops = new ArrayList<>();

  private SlowHost(Path group) {
    this.group = group;
  }

  static SlowHost make() throws IOException {
    var name = "fjord-it-" + ThreadLocalRandom.current().nextInt(1_000_000_000);
    var quota = Long.toString((long) (share() * PERIOD_MICROS));
    for (var root : List.of(GROUPS.resolve("cpu"), GROUPS)) {
      var group = root.resolve(name);
      try {
        Files.createDirectory(group);
        if (Files.exists(group.resolve("cpu.cfs_quota_us"))) {
          Files.writeString(group.resolve("cpu.cfs_quota_us"), quota);
          return new SlowHost(group);
        } else if (Files.exists(group.resolve("cpu.max"))) {
          Files.writeString(group.resolve("cpu.max"), quota + " " + PERIOD_MICROS);
          return new SlowHost(group);
        }
        Files.delete(group);
      } catch (IOException noGroupsOfThatKind) {
        Files.deleteIfExists(group);
      }
    }
    var host = new SlowHost(Path.of(""));
    for (var i = 0; i < LOOPS_FOR_A_PROCESSOR * Runtime.getRuntime().availableProcessors(); i++) {
      host.loops.add(new ProcessBuilder("setsid", "sh", "-c", "while :; do :; done").start());
    }
    return host;
  }

  /** Of one processor; all of them where User-Mode Linux is slow anyway. */
  private static double share() throws IOException {
    var processors = Runtime.getRuntime().availableProcessors();
    var folder = Files.createTempDirectory("fjord-it-");
    var init = folder.resolve("init");
    try {
      Files.writeString(init, "#!/bin/sh\n" + "/bin/true\n".repeat(PROGRAMS));
      Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
      var begin = System.nanoTime();
      var guests = new ArrayList<Thread>();
      for (var number = 0; number < 2 * processors; number++) {
        var guest = guest(init, number);
        guests.add(Thread.ofPlatform().start(guest::run));
      }
      for (var guest : guests) {
        guest.join();
      }
      var millis = (System.nanoTime() - begin) / 1_000_000.0;
      return Math.clamp(SHARE * millis / QUICK_MILLIS, SHARE, processors);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      Command.of("rm", "-r", "-f", folder.toString()).output();
    }
  }

  private static Command guest(Path init, int number) {
    return Command.of(
            "env",
            "TMPDIR=/dev/shm",
            Ready.KERNEL.toString(),
            "mem=64M",
            "rootfstype=hostfs",
            "rootflags=/",
            "init=" + init,
            "con=null",
            "con0=null,fd:1",
            "panic=-1",
            "noreboot",
            "seccomp=off",
            "pty.legacy_count=0",
            "initcall_blacklist=raid6_select_algo",
            "uml_dir=" + init.getParent() + "/",
            "umid=" + number)
        .timeout(Duration.ofMinutes(10));
  }

  /** From now on that process, and what it starts, is on this host. */
  Agent take(Agent agent) throws IOException {
    if (loops.isEmpty()) {
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(agent.pid()));
    }
    return agent;
  }

  @Override
  public void close() throws IOException {
    loops.forEach(Process::destroyForcibly);
    if (loops.isEmpty()) {
      World.await(
          "the end of what was in " + group,
          () -> {
            try {
              Files.delete(group);
              return true;
            } catch (IOException somebodyIsInThere) {
              return false;
            }
          });
    }
  }
}
