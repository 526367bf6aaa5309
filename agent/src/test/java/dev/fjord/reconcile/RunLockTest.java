package dev.fjord.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
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
}
