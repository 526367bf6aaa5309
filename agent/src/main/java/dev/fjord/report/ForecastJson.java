package dev.fjord.report;

import dev.fjord.model.DiskForecast;
import dev.fjord.model.DiskForecast.Trend;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When the disk would be full, as programs read it.
 *
 * @param verdict {@code unknown} (too few samples), {@code not-growing}, {@code distant} (beyond
 *     ten years) or {@code full}
 * @param samples how many the estimate was made from
 * @param spanSeconds from the first of them to the last
 * @param bytesPerDay the median of the slopes between each two samples; null while unknown
 * @param fullAt null but for {@code full}
 */
public record ForecastJson(
    Verdict verdict,
    int samples,
    long spanSeconds,
    @Nullable Long bytesPerDay,
    @Nullable Instant fullAt) {
  /** The result of the estimate. */
  public enum Verdict {
    UNKNOWN,
    NOT_GROWING,
    DISTANT,
    FULL
  }

  static ForecastJson of(DiskForecast forecast) {
    return switch (forecast) {
      case DiskForecast.Unknown u -> of(Verdict.UNKNOWN, u.samples(), u.span(), null, null);
      case DiskForecast.NotGrowing still -> of(Verdict.NOT_GROWING, still.trend(), null);
      case DiskForecast.Distant distant -> of(Verdict.DISTANT, distant.trend(), null);
      case DiskForecast.FullAt full -> of(Verdict.FULL, full.trend(), full.at());
    };
  }

  private static ForecastJson of(Verdict verdict, Trend trend, @Nullable Instant fullAt) {
    return of(verdict, trend.samples(), trend.span(), trend.bytesPerDay(), fullAt);
  }

  private static ForecastJson of(
      Verdict verdict,
      int samples,
      Duration span,
      @Nullable Long bytesPerDay,
      @Nullable Instant fullAt) {
    return new ForecastJson(verdict, samples, span.toSeconds(), bytesPerDay, fullAt);
  }
}
