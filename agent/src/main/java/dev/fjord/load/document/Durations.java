package dev.fjord.load.document;

import dev.fjord.problem.Printable;
import java.time.Duration;

/** Durations as documents and settings have them. */
final class Durations {
  private Durations() {}

  /** Reads {@code 30s}, {@code 5m}, {@code 1h}, {@code 7d}: what the schema lets through. */
  static Duration parse(String text) {
    long count = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 's' -> Duration.ofSeconds(count);
      case 'm' -> Duration.ofMinutes(count);
      case 'h' -> Duration.ofHours(count);
      case 'd' -> Duration.ofDays(count);
      default -> throw new IllegalArgumentException(Printable.quote(text) + " is not a duration");
    };
  }
}
