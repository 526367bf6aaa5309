package dev.fjord.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  private static final Set<PosixFilePermission> ROOTS_ALONE =
      PosixFilePermissions.fromString("rwx------");

  @TempDir Path folder;

  @Test
  @SuppressWarnings("try") // A lock is held, not used.
  void nobody_else_can_open_it_also_when_an_older_agent_let_them() throws Exception {
    var layout = Layout.of(folder + "/s", folder + "/r");
    Files.createDirectories(layout.run());
    Files.createFile(layout.lock());
    Files.setPosixFilePermissions(layout.lock(), PosixFilePermissions.fromString("rw-r--r--"));
    try (var lock = RunLock.acquire(layout)) {
      assertThat(Files.getPosixFilePermissions(layout.lock()))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  @SuppressWarnings("try")
  void who_holds_it_is_known_without_taking_it() throws Exception {
    var layout = Layout.of(folder + "/s", folder + "/r");
    assertThat(RunLock.holder(layout)).isNull();
    try (var lock = RunLock.acquire(layout)) {
      assertThat(RunLock.holder(layout)).isEqualTo(ProcessHandle.current().pid());
    }
    assertThat(layout.lock()).exists();
    assertThat(RunLock.holder(layout)).isNull();
  }

  @Test
  @SuppressWarnings("try")
  void nobody_else_reads_what_the_host_knows_of_its_machines() throws Exception {
    var layout = Layout.of(folder + "/s", folder + "/r");
    Files.createDirectories(layout.journal());
    try (var lock = RunLock.acquire(layout)) {
      assertThat(Files.getPosixFilePermissions(layout.journal())).isEqualTo(ROOTS_ALONE);
      Files.createDirectories(layout.repository());
      Files.createDirectories(layout.recordCopies());
    }
    assertThat(Files.getPosixFilePermissions(layout.repository())).isEqualTo(ROOTS_ALONE);
    assertThat(Files.getPosixFilePermissions(layout.recordCopies())).isEqualTo(ROOTS_ALONE);
  }
}
