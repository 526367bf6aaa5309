package dev.fjord.host.linux.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.model.Layout;
import dev.fjord.model.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorIT {
  @Test
  void a_host_that_runs_the_other_tests_has_no_fault_but_perhaps_its_tun_device() {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can confine kernels");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/bwrap")), "bwrap is not in /usr/bin");
    var findings =
        new Doctor(Layout.of("/var/lib/fjord", "/run/fjord"))
            .examine(null, List.of(), Surroundings.NONE, null);
    assertThat(findings)
        .filteredOn(finding -> finding.status() == Finding.Status.FAULT)
        .extracting(Finding::name)
        .isSubsetOf("/dev/net/tun");
    assertThat(findings)
        .filteredOn(finding -> finding.name().equals("processes"))
        .extracting(Finding::found)
        .doesNotContain("at most 3");
    assertThat(findings)
        .extracting(Finding::name)
        .contains("programs", "confinement", "filters", "memory");
  }
}
