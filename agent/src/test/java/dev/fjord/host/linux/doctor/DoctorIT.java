package dev.fjord.host.linux.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.model.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorIT {
  @Test
  void a_host_that_runs_the_other_tests_has_no_fault() {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can confine kernels");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/bwrap")), "bwrap is not in /usr/bin");
    assumeTrue(Files.exists(Path.of("/dev/net/tun")), "there is no /dev/net/tun");
    var findings = new Doctor(Layout.of("/var/lib/fjord", "/run/fjord")).examine(null, List.of());
    assertThat(findings).noneMatch(finding -> finding.status() == Finding.Status.FAULT);
    assertThat(findings).extracting(Finding::name).contains("programs", "confinement", "memory");
  }
}
