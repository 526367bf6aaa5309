package dev.fjord.host.linux.names;

import dev.fjord.json.FileSample;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept here, in the forms that a file may have. */
class StoredHostsTest {
  @Test
  void what_was_written_to_the_hosts_file_is_read() throws Exception {
    HostsFile.Written written =
        new HostsFile.Written(
            List.of("192.0.2.5 linda linda.lan.internal"),
            List.of(Instant.parse("2026-01-02T03:04:05Z")));
    FileSample.holds("hosts", HostsFile.FORMAT, written);
  }
}
