package dev.fjord.host.linux.daemon;

import dev.fjord.json.FileSample;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept here, in the forms that a file may have. */
class StoredDaemonStartsTest {
  @Test
  void starts_are_read() throws Exception {
    DaemonLog.Entry entry =
        new DaemonLog.Entry(
            List.of(
                Instant.parse("2026-01-02T03:04:05Z"), Instant.parse("2026-01-02T03:04:10.5Z")));
    FileSample.holds("daemon", DaemonLog.FORMAT, entry);
  }
}
