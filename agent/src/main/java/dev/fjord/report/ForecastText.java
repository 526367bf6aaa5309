package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.DiskForecast.Trend;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** When the disk would be full, for people; and always what that is estimated from. */
final class ForecastText {
  private ForecastText() {}

  static String of(DiskForecast forecast, Paint paint) {
    return "growth: "
        + switch (forecast) {
          case DiskForecast.Unknown unknown -> unknown(unknown);
          case DiskForecast.NotGrowing still -> still(still.trend()) + basis(still.trend());
          case DiskForecast.Distant distant ->
              rate(distant.trend())
                  + "; it would take more than "
                  + DiskForecast.HORIZON.toDays() / 365
                  + " years until it is full\n"
                  + basis(distant.trend());
          case DiskForecast.FullAt full ->
              rate(full.trend())
                  + "; "
                  + paint.yellow("it would be full on " + date(full.at()))
                  + " if it went on so\n"
                  + basis(full.trend());
        };
  }

  private static String unknown(DiskForecast.Unknown unknown) {
    return "not enough is known yet: "
        + Words.count(unknown.samples(), "sample")
        + " over "
        + span(unknown.span())
        + "; "
        + DiskForecast.FEWEST
        + " over a day are needed, and the agent takes one an hour\n";
  }

  private static String still(Trend trend) {
    return trend.bytesPerDay() == 0
        ? "none\n"
        : "none, " + size(-trend.bytesPerDay()) + " less each day\n";
  }

  private static String rate(Trend trend) {
    return size(trend.bytesPerDay()) + " a day";
  }

  private static String size(long bytes) {
    return Words.size(new ByteSize(bytes));
  }

  private static String basis(Trend trend) {
    return "    estimated from "
        + Words.count(trend.samples(), "sample")
        + " over "
        + span(trend.span())
        + ": the median of the growth between each two\n";
  }

  private static String span(Duration span) {
    return Words.age(span.toSeconds());
  }

  private static String date(Instant at) {
    return at.atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }
}
