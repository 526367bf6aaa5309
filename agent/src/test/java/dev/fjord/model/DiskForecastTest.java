package dev.fjord.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.DiskForecast.Distant;
import dev.fjord.model.DiskForecast.FullAt;
import dev.fjord.model.DiskForecast.NotGrowing;
import dev.fjord.model.DiskForecast.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class DiskForecastTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");
  private static final ByteSize FREE = ByteSize.gib(24);

  @Test
  void without_samples_nothing_is_known() {
    assertThat(DiskForecast.of(List.of(), FREE, NOW)).isEqualTo(new Unknown(0, Duration.ZERO));
  }

  @Test
  void few_samples_or_less_than_a_day_are_not_enough() {
    assertThat(of(hourly(11, h -> h << 30))).isEqualTo(new Unknown(11, Duration.ofHours(10)));
    assertThat(of(hourly(24, h -> h << 30))).isEqualTo(new Unknown(24, Duration.ofHours(23)));
    assertThat(of(hourly(25, h -> h << 30))).isInstanceOf(FullAt.class);
    var rare = List.of(hourly(25, h -> h).get(0), hourly(25, h -> h).get(24));
    assertThat(of(rare)).isEqualTo(new Unknown(2, Duration.ofHours(24)));
  }

  @Test
  void what_grows_evenly_is_full_when_the_rest_is_used_up() {
    var full = (FullAt) of(hourly(100, h -> h << 30));
    assertThat(full.trend())
        .isEqualTo(new DiskForecast.Trend(100, Duration.ofHours(99), 24L << 30));
    assertThat(full.at()).isEqualTo(NOW.plus(Duration.ofDays(1)));
  }

  @Test
  void a_full_disk_is_full_now() {
    var full = (FullAt) DiskForecast.of(hourly(100, h -> h << 30), ByteSize.ZERO, NOW);
    assertThat(full.at()).isEqualTo(NOW);
  }

  @Test
  void what_stays_or_shrinks_is_never_full() {
    assertThat(of(hourly(100, h -> 5 << 20)))
        .isEqualTo(new NotGrowing(new DiskForecast.Trend(100, Duration.ofHours(99), 0)));
    var shrinks = (NotGrowing) of(hourly(100, h -> (1000 - h) << 20));
    assertThat(shrinks.trend().bytesPerDay()).isEqualTo(-24 << 20);
  }

  @Test
  void a_date_beyond_reason_is_none() {
    assertThat(of(hourly(100, h -> h))).isInstanceOf(Distant.class);
    var largest = new ByteSize(Long.MAX_VALUE);
    assertThat(DiskForecast.of(hourly(100, h -> h << 20), largest, NOW))
        .isInstanceOf(Distant.class);
  }

  @Test
  void the_steepest_growth_there_is_gives_a_moment() {
    var samples = hourly(100, h -> h == 0 ? 0 : Long.MAX_VALUE / 99 * h);
    assertThat(of(samples)).isInstanceOf(FullAt.class);
  }

  @Test
  void steps_and_outliers_change_the_slope_little() {
    var samples = new ArrayList<>(hourly(100, h -> (h << 20) + (h >= 60 ? 10L << 30 : 0)));
    samples.set(20, new DiskSample(samples.get(20).at(), new ByteSize(0)));
    samples.set(70, new DiskSample(samples.get(70).at(), ByteSize.gib(900)));
    var full = (FullAt) DiskForecast.of(samples, ByteSize.gib(1), NOW);
    // A line through the least squares has more than 2 GiB a day.
    assertThat(full.trend().bytesPerDay()).isBetween(24L << 20, 60L << 20);
  }

  @Test
  void samples_of_one_moment_divide_by_nothing() {
    var samples = new ArrayList<>(hourly(25, h -> h << 30));
    samples.addAll(List.copyOf(samples));
    assertThat(((FullAt) of(samples)).trend().bytesPerDay()).isEqualTo(24L << 30);
    var same = Collections.nCopies(50, new DiskSample(NOW, FREE));
    assertThat(of(same)).isEqualTo(new Unknown(50, Duration.ZERO));
  }

  @Test
  void old_samples_and_those_of_the_future_do_not_count() {
    var samples = new ArrayList<>(hourly(25, h -> h << 30));
    for (int i = 0; i < 100; i++) {
      samples.add(new DiskSample(NOW.plusSeconds(1 + i), ByteSize.gib(500)));
      samples.add(new DiskSample(NOW.minus(Duration.ofDays(15 + i)), ByteSize.gib(700)));
    }
    assertThat(((FullAt) of(samples)).trend())
        .isEqualTo(new DiskForecast.Trend(25, Duration.ofHours(24), 24L << 30));
  }

  @Test
  void their_order_does_not_matter() {
    var random = new Random(42);
    var samples = new ArrayList<>(hourly(50, h -> (h << 25) + random.nextInt(1 << 20)));
    var forecast = of(samples);
    Collections.shuffle(samples, random);
    assertThat(of(samples)).isEqualTo(forecast);
  }

  private static DiskForecast of(List<DiskSample> samples) {
    return DiskForecast.of(samples, FREE, NOW);
  }

  /** The last one is taken now. */
  private static List<DiskSample> hourly(int number, LongUnaryOperator used) {
    List<DiskSample> samples = new ArrayList<>();
    for (int hour = 0; hour < number; hour++) {
      Instant at = NOW.minus(Duration.ofHours(number - 1 - hour));
      samples.add(new DiskSample(at, new ByteSize(used.applyAsLong(hour))));
    }
    return samples;
  }
}
