package dev.fjord.host.linux.uml;

import dev.fjord.json.FileSample;
import dev.fjord.model.Death;
import dev.fjord.model.Digest;
import dev.fjord.model.Trial;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept here, in the forms that a file may have. */
class StoredStartsTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void starts_are_read() throws Exception {
    StartLog.Entry entry =
        new StartLog.Entry(
            3,
            AT.plusSeconds(20),
            AT,
            new KernelProcess(99, 12345),
            new KernelProcess(100, 12346),
            AT.minusSeconds(9),
            new KernelProcess(101, 12347),
            7L,
            true);
    FileSample.holds("starts", StartLog.FORMAT, entry);
  }

  @Test
  void deaths_are_read() throws Exception {
    Deaths.Kept kept =
        new Deaths.Kept(
            List.of(
                new Death(AT, 100L, Death.Cause.PANICKED, "it panicked", List.of("Kernel panic")),
                new Death(AT, null, Death.Cause.OUT_OF_MEMORY, "it was killed", List.of())));
    FileSample.holds("deaths", Deaths.FORMAT, kept);
  }

  @Test
  void trials_are_read() throws Exception {
    KernelTrial.Kept kept =
        new KernelTrial.Kept(
            Digest.ofText("a host"),
            AT,
            new Trial(Trial.Verdict.BOOTS_WITH_XSAVE_LIBRARY, "", "6.1.176"),
            1234);
    FileSample.holds("trial", KernelTrial.FORMAT, kept);
  }
}
