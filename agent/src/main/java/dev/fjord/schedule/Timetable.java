package dev.fjord.schedule;

import dev.fjord.source.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait for the next run: the poll interval with a tenth of jitter either way, so that
 * many agents do not ask one server at the same moment; after failures in a row, longer.
 */
final class Timetable {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Duration poll;
  private final Backoff backoff;
  private final RandomGenerator random;
  private int failures;

  Timetable(Duration poll, RandomGenerator random) {
    this.poll = poll;
    this.backoff = new Backoff(poll, LONGEST.compareTo(poll) < 0 ? poll : LONGEST, random);
    this.random = random;
  }

  /** About that long, a tenth more or less. */
  static Duration jittered(Duration interval, RandomGenerator random) {
    return Duration.ofMillis((long) (interval.toMillis() * (0.9 + 0.2 * random.nextDouble())));
  }

  /** The wait after a run that could, or could not, ask the repository. */
  synchronized Duration next(boolean reached) {
    failures = reached ? 0 : failures + 1;
    if (failures == 0) {
      return jittered(poll, random);
    }
    Duration wait = backoff.delay(failures);
    return wait.compareTo(poll) < 0 ? poll : wait;
  }
}
