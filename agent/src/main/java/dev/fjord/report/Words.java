package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Owner;
import dev.fjord.plan.Change;
import dev.fjord.problem.Printable;
import java.time.Duration;
import java.util.Locale;

/** The names of things wherever a person reads about them. */
final class Words {
  private static final int BRIEF_REVISION = 12;

  private Words() {}

  static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code start instance linda}. */
  static String title(Change change) {
    return of(change.action()) + " " + of(change.kind()) + " " + change.name();
  }

  /** {@code (partner linda)}; nothing for the site's own. */
  static String whose(Owner owner) {
    return owner.isSite() ? "" : " (" + owner + ")";
  }

  static String revision(String revision) {
    String line = Printable.line(revision);
    return line.matches("[0-9a-f]{40,64}") ? line.substring(0, BRIEF_REVISION) : line;
  }

  /** {@code 1.4 s}; {@code 2 min 5 s} from a minute on. */
  static String took(Duration time) {
    return time.toSeconds() < 60
        ? String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0)
        : time.toMinutes() + " min " + time.toSecondsPart() + " s";
  }

  /** The two largest units: {@code 3d04h}, {@code 3h12m}, {@code 5m09s}, {@code 42s}. */
  static String age(long seconds) {
    Duration age = Duration.ofSeconds(Math.max(0, seconds));
    if (age.toDays() > 0) {
      return String.format(Locale.ROOT, "%dd%02dh", age.toDays(), age.toHoursPart());
    } else if (age.toHours() > 0) {
      return String.format(Locale.ROOT, "%dh%02dm", age.toHours(), age.toMinutesPart());
    } else if (age.toMinutes() > 0) {
      return String.format(Locale.ROOT, "%dm%02ds", age.toMinutes(), age.toSecondsPart());
    }
    return age.toSeconds() + "s";
  }

  /** In mebibytes whatever the size, so that a column compares at a glance: {@code 37.1 MiB}. */
  static String mebibytes(ByteSize size) {
    return String.format(Locale.ROOT, "%.1f MiB", size.bytes() / (double) (1 << 20))
        .replace(".0 ", " ");
  }

  /** In the largest unit of which there is one, with a digit after the point: {@code 4.2 GiB}. */
  static String size(ByteSize size) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double number = size.bytes();
    int unit = 0;
    while (number >= 1024 && unit < units.length - 1) {
      number /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", number, units[unit]).replace(".0 ", " ");
  }

  /** {@code 1 change}, {@code 2 changes}. */
  static String count(long number, String one) {
    return number + " " + one + (number == 1 ? "" : "s");
  }
}
