package dev.fjord.host.linux.usage;

import dev.fjord.json.FileSample;
import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskSample;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept here, in the forms that a file may have. */
class StoredUseTest {
  @Test
  void samples_are_read() throws Exception {
    UseHistory.Kept kept =
        new UseHistory.Kept(
            List.of(
                new DiskSample(Instant.parse("2026-01-02T03:04:05Z"), ByteSize.gib(7)),
                new DiskSample(Instant.parse("2026-01-02T04:04:05.123Z"), new ByteSize(1234567))));
    FileSample.holds("disk-use", UseHistory.FORMAT, kept);
  }
}
