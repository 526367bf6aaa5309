package dev.fjord.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FullLooksTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final FullLooks full = new FullLooks(nanos::get);

  @Test
  void the_first_look_is_at_everything() {
    assertThat(full.isDue()).isTrue();
    full.begin();
    assertThat(full.isDue()).isFalse();
  }

  @Test
  void one_is_at_everything_every_few_minutes() {
    full.begin();
    nanos.addAndGet(FullLooks.INTERVAL.toNanos() - 1);
    assertThat(full.isDue()).isFalse();
    nanos.incrementAndGet();
    assertThat(full.isDue()).isTrue();
    full.begin();
    assertThat(full.isDue()).isFalse();
  }

  @Test
  void one_that_is_asked_for_is_due_until_it_begins() {
    full.begin();
    full.ask();
    assertThat(full.isDue()).isTrue();
    assertThat(full.isDue()).isTrue();
    full.begin();
    assertThat(full.isDue()).isFalse();
  }
}
