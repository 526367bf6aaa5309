package dev.fjord.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.build.Golden;
import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskForecast;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskReportsTest {
  @Test
  void a_table_tells_what_is_promised_and_used() throws Exception {
    Golden.matches("report/disk.txt", DiskText.of(Usages.fits(), Paint.NONE));
  }

  @Test
  void a_worst_case_that_is_more_than_there_is_has_a_line_that_says_so() throws Exception {
    Golden.matches("report/disk-too-much.txt", DiskText.of(Usages.tooMuch(), Paint.NONE));
  }

  @Test
  void what_is_not_known_is_never_shown_as_nothing() throws Exception {
    String text = DiskText.of(Usages.inPart(), Paint.NONE);
    Golden.matches("report/disk-in-part.txt", text);
    Harmless.check(text);
    Harmless.check(DiskJson.text(Usages.inPart()));
  }

  @Test
  void a_host_without_instances_has_a_disk() throws Exception {
    Golden.matches("report/disk-nothing.txt", DiskText.of(Usages.none(), Paint.NONE));
  }

  @Test
  void programs_read_bytes() throws Exception {
    Golden.matches("report/disk.json", DiskJson.text(Usages.inPart()));
  }

  @Test
  void programs_read_when_it_would_be_full() {
    assertThat(DiskJson.text(Usages.tooMuch()))
        .contains(
            """
              "forecast" : {
                "verdict" : "full",
                "samples" : 337,
                "spanSeconds" : 1209600,
                "bytesPerDay" : 1288490189,
                "fullAt" : "2026-12-29T23:59:59Z"
              },
            """);
    assertThat(DiskJson.text(Usages.none()))
        .contains("\"verdict\" : \"unknown\"", "\"bytesPerDay\" : null", "\"fullAt\" : null");
    assertThat(DiskJson.text(Usages.fits())).contains("\"verdict\" : \"not-growing\"");
  }

  @Test
  void what_neither_grows_nor_shrinks_has_no_growth() {
    var still = new DiskForecast.Trend(12, Duration.ofDays(1), 0);
    assertThat(ForecastText.of(new DiskForecast.NotGrowing(still), Paint.NONE))
        .startsWith("growth: none\n    estimated from 12 samples over 1d00h");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "512, 512 B",
    "1024, 1 KiB",
    "1048064, 1023.5 KiB",
    "1048576, 1 MiB",
    "1610612736, 1.5 GiB",
    "1125899906842624, 1024 TiB"
  })
  void sizes_have_the_unit_that_people_would_choose(long bytes, String said) {
    assertThat(Words.size(new ByteSize(bytes))).isEqualTo(said);
  }
}
