package dev.fjord.load.document;

import dev.fjord.model.ResourceName;
import dev.fjord.model.Site;
import dev.fjord.model.Window;
import dev.fjord.problem.Printable;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code fjord.yaml}. */
final class SiteReader {
  private static final int DEFAULT_DELETION_BUDGET = 3;

  private SiteReader() {}

  static SiteSpec read(Part spec) {
    Part defaults = spec.field("defaults");
    List<Window> windows =
        spec.field("windows").items().stream()
            .map(SiteReader::window)
            .filter(Objects::nonNull)
            .toList();
    Duration unusedKept = spec.field("gc").field("after").read(Durations::parse);
    Duration quarantine = spec.field("addresses").field("quarantine").read(Durations::parse);
    return new SiteSpec(
        new Site(
            spec.field("deletionBudget").integer(DEFAULT_DELETION_BUDGET),
            windows,
            unusedKept == null ? Site.UNUSED_KEPT : unusedKept,
            quarantine == null ? Site.QUARANTINE : quarantine),
        defaults.field("image").say(ResourceName::parse),
        defaults.field("kernel").say(ResourceName::parse),
        Sizes.memory(defaults.field("memory")),
        Sizes.swap(defaults.field("swap")),
        TimeZones.read(defaults.field("timeZone")),
        spec.field("capture").field("partners").bool(false),
        SignersReader.policy(spec));
  }

  private static @Nullable Window window(Part window) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (Part day : window.field("days").items()) {
      DayOfWeek parsed = day.read(SiteReader::day);
      if (parsed != null) {
        days.add(parsed);
      }
    }
    LocalTime from = window.field("from").read(SiteReader::time);
    LocalTime to = window.field("to").read(SiteReader::time);
    Part timezone = window.field("timezone");
    ZoneId zone = timezone.isGiven() ? timezone.read(SiteReader::zone) : ZoneOffset.UTC;
    return from == null || to == null || zone == null ? null : new Window(days, from, to, zone);
  }

  private static DayOfWeek day(String text) {
    return DayOfWeek.of(1 + List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun").indexOf(text));
  }

  private static LocalTime time(String text) {
    try {
      return LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(Printable.quote(text) + " is not a time of day", e);
    }
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          Printable.quote(text) + " is not a time zone such as Europe/Berlin", e);
    }
  }
}
