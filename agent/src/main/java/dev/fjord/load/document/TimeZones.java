package dev.fjord.load.document;

import dev.fjord.problem.Nearest;
import dev.fjord.problem.Printable;
import java.time.zone.ZoneRulesProvider;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads names of the time zone database (tz, as this Java has it) that a guest may be told. */
final class TimeZones {
  private TimeZones() {}

  /** A text that is no such name is reported with the nearest one. */
  static @Nullable Said<String> read(Part part) {
    return part.say(TimeZones::parse);
  }

  private static String parse(String text) {
    Set<String> known = ZoneRulesProvider.getAvailableZoneIds();
    if (known.contains(text)) {
      return text;
    }
    String place = "/" + text.toLowerCase(Locale.ROOT);
    String nearest =
        known.stream()
            .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(place))
            .min(Comparator.naturalOrder())
            .map(name -> "did you mean '" + name + "'?")
            .orElseGet(() -> Nearest.hint(text, Nearest.beginningAlike(text, known)));
    throw new IllegalArgumentException(
        Printable.quote(text)
            + " is no name of the time zone database, such as Europe/Berlin or UTC"
            + (nearest == null ? "" : "; " + nearest));
  }
}
