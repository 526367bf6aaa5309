package dev.fjord.host.linux.watch;

import dev.fjord.json.FileSample;
import dev.fjord.model.Ailment;
import dev.fjord.model.ResourceName;
import dev.fjord.watch.HealthReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept here, in the forms that a file may have. */
class StoredHealthTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void a_report_is_read() throws Exception {
    Ailment.Repair repair =
        new Ailment.Repair(AT, Ailment.Verdict.USER_SPACE_HUNG, "port 80 is silent");
    HealthReport report =
        new HealthReport(
            AT,
            5000,
            Map.of(
                new ResourceName("linda"),
                new Ailment(
                    Ailment.Verdict.KERNEL_HUNG,
                    AT.minusSeconds(60),
                    4711,
                    "its clock stands still",
                    AT.plusSeconds(60),
                    List.of(repair)),
                new ResourceName("bob"),
                new Ailment(Ailment.Verdict.DEAD, AT, 4712, "", null, List.of())),
            Map.of(new ResourceName("linda"), List.of(repair)));
    FileSample.holds("watch", HealthReportFile.FORMAT, StoredHealth.of(report));
  }
}
