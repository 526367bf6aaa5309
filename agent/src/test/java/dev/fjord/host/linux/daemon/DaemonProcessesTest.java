package dev.fjord.host.linux.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.uml.Proc;
import dev.fjord.model.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes of somebody else, who writes into their command lines what he likes. */
class DaemonProcessesTest {
  private static final Path PERL = Path.of("/usr/bin/perl");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\0\\0\\0",
        "/x/uml_switch\\0-unix",
        "/x/uml_switch\\0-unix\\0/",
        "/x/uml_switch\\0-unix\\0\\xff\\xfe/\\x01/ctl",
        "/x/dnsmasq\\0--conf-file=\\xff\\xfe.conf",
        "/x/dnsmasq\\0--conf-file=/.conf",
      })
  void what_stands_there_is_nobodys_fault(String words) throws Exception {
    assumeTrue(Files.isExecutable(PERL), "perl is not installed");
    var processes = new DaemonProcesses(Layout.of(folder + "/s", folder + "/r"));
    var script = "$0 = \"" + words + "\"; $SIG{ALRM} = 'DEFAULT'; alarm 600; sleep 600;";
    var hostile = new ProcessBuilder(PERL.toString(), "-e", script, "x".repeat(200)).start();
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> !Proc.words(hostile.pid()).get(0).endsWith("perl"));
      assertThat(processes.all()).isEmpty();
    } finally {
      hostile.destroyForcibly().waitFor();
    }
  }

  @Test
  void one_that_has_ended_has_one_empty_word() throws Exception {
    var process = new ProcessBuilder("true").start();
    process.waitFor();
    assertThat(Proc.words(process.pid())).isEqualTo(List.of(""));
  }
}
