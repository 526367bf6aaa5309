package dev.fjord.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * When a disk would be full if it went on growing as it does. Pure.
 *
 * <p>The slope is the median of the slopes between each two samples (Theil and Sen): an image that
 * was stored, a trash that was emptied or a clock that was wrong for a while is a step or an
 * outlier, and bends a line through the least squares at once, but not the median.
 */
public sealed interface DiskForecast {
  /** Older samples say nothing of the present growth. */
  Duration WINDOW = Duration.ofDays(14);

  /** Fewer samples show no trend. */
  int FEWEST = 12;

  /** Samples of less than a day may show a quiet night alone. */
  Duration SHORTEST = Duration.ofDays(1);

  /** Nobody plans for longer; a date beyond it would be noise that looks exact. */
  Duration HORIZON = Duration.ofDays(3650);

  /** Not enough is known yet. */
  record Unknown(int samples, Duration span) implements DiskForecast {}

  /** It does not grow, or it shrinks. */
  record NotGrowing(Trend trend) implements DiskForecast {}

  /** It grows, but is not full within {@link #HORIZON}. */
  record Distant(Trend trend) implements DiskForecast {}

  /** It is full at that moment; a moment that has come when it is full already. */
  record FullAt(Trend trend, Instant at) implements DiskForecast {}

  /**
   * What the estimate was made from.
   *
   * @param bytesPerDay how much more is used after a day; negative when it becomes less
   */
  record Trend(int samples, Duration span, long bytesPerDay) {}

  /**
   * Estimates.
   *
   * @param samples in any order; samples outside the window before {@code now} do not count
   * @param free what is left at {@code now}
   */
  static DiskForecast of(List<DiskSample> samples, ByteSize free, Instant now) {
    List<DiskSample> counted =
        samples.stream()
            .filter(one -> !one.at().isAfter(now) && !one.at().isBefore(now.minus(WINDOW)))
            .sorted(Comparator.comparing(DiskSample::at))
            .toList();
    Duration span =
        counted.isEmpty()
            ? Duration.ZERO
            : Duration.between(counted.get(0).at(), counted.get(counted.size() - 1).at());
    if (counted.size() < FEWEST || span.compareTo(SHORTEST) < 0) {
      return new Unknown(counted.size(), span);
    }
    long perDay = Math.round(medianSlope(counted) * SHORTEST.toMillis());
    Trend trend = new Trend(counted.size(), span, perDay);
    if (perDay <= 0) {
      return new NotGrowing(trend);
    }
    double days = (double) free.bytes() / perDay;
    return days > HORIZON.toDays()
        ? new Distant(trend)
        : new FullAt(trend, now.plusSeconds(Math.round(days * SHORTEST.toSeconds())));
  }

  /** Bytes in a millisecond. Two samples of one moment have no slope; some two are a day apart. */
  private static double medianSlope(List<DiskSample> ordered) {
    double[] slopes = new double[ordered.size() * (ordered.size() - 1) / 2];
    int found = 0;
    for (int i = 0; i < ordered.size(); i++) {
      for (int j = i + 1; j < ordered.size(); j++) {
        long millis = Duration.between(ordered.get(i).at(), ordered.get(j).at()).toMillis();
        if (millis > 0) {
          double more = ordered.get(j).used().bytes() - (double) ordered.get(i).used().bytes();
          slopes[found++] = more / millis;
        }
      }
    }
    Arrays.sort(slopes, 0, found);
    return (slopes[(found - 1) / 2] + slopes[found / 2]) / 2;
  }
}
