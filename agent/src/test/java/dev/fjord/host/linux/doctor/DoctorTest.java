package dev.fjord.host.linux.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.doctor.Finding.Status;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir Path folder;
  private final Map<String, String> host = new HashMap<>();

  @Test
  void one_command_brings_all_missing_programs() throws Exception {
    for (var program : List.of("screen", "setpriv", "env")) {
      var file = Files.createFile(folder.resolve(program));
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    assertThat(new Programs(List.of(folder.toString())).examine())
        .containsExactly(
            Finding.fault(
                "programs",
                "missing: bwrap, ip, bridge, tc, nft, conntrack, xargs, perl, mkfs.ext4,"
                    + " chattr, lsattr, nice, sha256sum, ionice, prlimit, choom, setarch, unshare,"
                    + " nsenter, flock, runuser",
                "apt-get install bubblewrap conntrack coreutils e2fsprogs findutils"
                    + " iproute2 nftables perl-base util-linux"),
            Finding.ok("programs", "screen, env, setpriv"));
  }

  @Test
  void builds_are_nobodys_fault_where_no_image_asks_for_them() throws Exception {
    for (var program : List.of("tar", "dpkg-deb")) {
      var file = Files.createFile(folder.resolve(program));
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    var finding = new Programs(List.of(folder.toString())).builds();
    assertThat(finding.status()).isEqualTo(Status.OK);
    assertThat(finding.found()).isEqualTo("not here, since missing: gpg, mmdebstrap, newuidmap");
    assertThat(finding.hint()).endsWith(": apt-get install gpg mmdebstrap uidmap");
  }

  @Test
  void a_host_that_forbids_tracing_runs_no_guest() {
    host.put("/proc/sys/kernel/yama/ptrace_scope", "2");
    assertThat(settings("ptrace"))
        .isEqualTo(
            Finding.fault(
                "ptrace",
                "kernel.yama.ptrace_scope = 2",
                "sysctl kernel.yama.ptrace_scope=1, and for good in /etc/sysctl.d."));
    host.put("/proc/sys/kernel/yama/ptrace_scope", "1");
    assertThat(settings("ptrace").status()).isEqualTo(Status.OK);
  }

  @Test
  void only_root_will_do() {
    host.put("/proc/self/status", "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\n");
    assertThat(settings("user").status()).isEqualTo(Status.FAULT);
    host.put("/proc/self/status", "Name:\tjava\nUid:\t0\t0\t0\t0\n");
    assertThat(settings("user").status()).isEqualTo(Status.OK);
  }

  @Test
  void a_readable_kernel_log_and_few_processes_are_warned_of() {
    host.put("/proc/sys/kernel/dmesg_restrict", "0");
    host.put("/proc/sys/kernel/pid_max", "4096");
    assertThat(settings("kernel log").status()).isEqualTo(Status.WARNING);
    assertThat(settings("processes").found()).isEqualTo("at most 4096");
  }

  @Test
  void more_memory_promised_than_there_is_is_warned_of() {
    host.put("/proc/meminfo", "MemTotal:  1048576 kB\nSwapTotal:  1048576 kB\nOther: 1 kB\n");
    var layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    var room = new Room(host::get);
    assertThat(named("memory", room.examine(layout, ByteSize.gib(2))))
        .isEqualTo(Finding.ok("memory", "2GiB with swap, 2GiB promised to instances"));
    assertThat(named("memory", room.examine(layout, ByteSize.gib(3))).status())
        .isEqualTo(Status.WARNING);
    assertThat(named("memory", room.examine(layout, null)).found()).isEqualTo("2GiB with swap");
    assertThat(named("tmpfs", room.examine(layout, null)).status()).isEqualTo(Status.FAULT);
  }

  @Test
  void a_kernel_stands_as_its_trial_says() {
    assertThat(Doctor.trial(kernel(null)).status()).isEqualTo(Status.WARNING);
    assertThat(Doctor.trial(kernel(new Trial(Trial.Verdict.BOOTS, ""))).status())
        .isEqualTo(Status.OK);
    assertThat(Doctor.trial(kernel(new Trial(Trial.Verdict.FAILS, "no way"))).found())
        .isEqualTo("does not boot: no way");
  }

  private static StoredKernel kernel(@org.jspecify.annotations.Nullable Trial trial) {
    return ModelFixtures.storedKernel(new ResourceName("uml"), Digest.ofText("x"), trial);
  }

  private Finding settings(String name) {
    return named(name, new HostSettings(host::get).examine());
  }

  private static Finding named(String name, List<Finding> findings) {
    return findings.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }
}
