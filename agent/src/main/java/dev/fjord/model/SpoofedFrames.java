package dev.fjord.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Frames that were dropped because their sender had no right to send them.
 *
 * @param count all of them, since the host was started
 * @param kinds what they were, the latest first; those of a kind that an older version counted are
 *     in {@code count} alone
 */
public record SpoofedFrames(long count, List<Tried> kinds) {
  public static final SpoofedFrames NONE = new SpoofedFrames(0, List.of());

  public SpoofedFrames {
    kinds =
        kinds.stream()
            .sorted(Comparator.comparing(Tried::last).reversed().thenComparing(Tried::kind))
            .toList();
  }

  /** Those of two interfaces of one machine. */
  public SpoofedFrames and(SpoofedFrames other) {
    Map<SpoofKind, Tried> all = new EnumMap<>(SpoofKind.class);
    Stream.concat(kinds.stream(), other.kinds.stream())
        .forEach(tried -> all.merge(tried.kind(), tried, Tried::and));
    return new SpoofedFrames(count + other.count, List.copyOf(all.values()));
  }

  /**
   * One kind.
   *
   * @param last when a look found more of them than before
   */
  public record Tried(SpoofKind kind, long count, Instant last) {
    private Tried and(Tried other) {
      return new Tried(kind, count + other.count, last.isAfter(other.last) ? last : other.last);
    }
  }
}
