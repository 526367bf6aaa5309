package dev.fjord.host.linux.disk;

import dev.fjord.json.FileSample;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is kept here, in the forms that a file may have. */
class StoredContentTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void verdicts_are_read() throws Exception {
    Verdict verdict =
        new Verdict(
            Digest.ofText("content"),
            new Fingerprint(4711, 1 << 20, AT, AT.plusNanos(123456789)),
            true,
            AT.plusSeconds(9));
    FileSample.holds("verdict", Verdict.FORMAT, verdict);
  }

  @Test
  void what_came_of_building_is_read() throws Exception {
    BuiltContent content = new BuiltContent(Digest.ofText("built"), ByteSize.mib(700), AT);
    FileSample.holds("content", ContentRecord.FORMAT, content);
  }
}
