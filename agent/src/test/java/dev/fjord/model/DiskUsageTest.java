package dev.fjord.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.DiskUsage.OfInstance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiskUsageTest {
  @Test
  void without_instances_nothing_more_can_be_used() {
    assertThat(usage(0).outstanding()).isEqualTo(ByteSize.ZERO);
    assertThat(usage(0).missing()).isEqualTo(ByteSize.ZERO);
    assertThat(usage(0).isWhole()).isTrue();
  }

  @Test
  void the_worst_case_is_what_was_promised_and_is_not_used_yet() {
    var usage = usage(90, instance(100, 30L), instance(50, 20L));
    assertThat(usage.outstanding()).isEqualTo(ByteSize.mib(100));
    assertThat(usage.missing()).isEqualTo(ByteSize.mib(10));
    assertThat(usage(100, instance(100, 30L), instance(50, 20L)).missing())
        .isEqualTo(ByteSize.ZERO);
  }

  @Test
  void who_uses_more_than_was_promised_lends_nothing_to_the_others() {
    assertThat(usage(0, instance(100, 130L), instance(50, 20L)).missing())
        .isEqualTo(ByteSize.mib(30));
  }

  @Test
  void a_use_that_is_not_known_may_be_nothing_yet() {
    var usage = usage(0, instance(100, null));
    assertThat(usage.outstanding()).isEqualTo(ByteSize.mib(100));
    assertThat(usage.isWhole()).isFalse();
    assertThat(usage.unknownPromises()).isZero();
  }

  @Test
  void a_promise_that_is_not_known_is_told() {
    var usage = usage(0, instance(null, 5L));
    assertThat(usage.outstanding()).isEqualTo(ByteSize.ZERO);
    assertThat(usage.unknownPromises()).isEqualTo(1);
    assertThat(usage.isWhole()).isFalse();
  }

  private static OfInstance instance(@Nullable Integer promised, @Nullable Long used) {
    return new OfInstance(
        new ResourceName("linda"),
        Owner.SITE,
        promised == null ? null : ByteSize.mib(promised),
        used == null ? null : ByteSize.mib(used),
        ByteSize.ZERO);
  }

  private static DiskUsage usage(long free, OfInstance... instances) {
    return new DiskUsage(
        Path.of("/var/lib/fjord"),
        ByteSize.gib(1),
        ByteSize.mib(free),
        List.of(instances),
        ByteSize.ZERO,
        ByteSize.ZERO,
        new DiskForecast.Unknown(0, Duration.ZERO),
        List.of());
  }
}
