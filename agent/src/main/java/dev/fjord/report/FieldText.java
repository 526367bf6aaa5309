package dev.fjord.report;

import dev.fjord.plan.FieldChange;
import dev.fjord.problem.Printable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields that differ, one to a line, as in {@code memory: 64MiB -> 128MiB}. */
final class FieldText {
  /** Where two values on one line would be wider, each gets its own line. */
  private static final int LONGEST_PAIR = 70;

  private FieldText() {}

  static List<String> lines(List<FieldChange> fields) {
    List<String> lines = new ArrayList<>();
    for (FieldChange field : fields) {
      add(lines, field);
    }
    return lines;
  }

  private static void add(List<String> lines, FieldChange field) {
    String path = Printable.line(field.path());
    List<String> from = parts(field.from());
    List<String> to = parts(field.to());
    if (from.size() <= 1 && to.size() <= 1 && length(from) + length(to) <= LONGEST_PAIR) {
      lines.add(path + ": " + pair(field.from() == null, from, field.to() == null, to));
      return;
    }
    lines.add(path + ":");
    from.stream().filter(part -> !to.contains(part)).forEach(part -> lines.add("  - " + part));
    to.stream().filter(part -> !from.contains(part)).forEach(part -> lines.add("  + " + part));
    if (lines.get(lines.size() - 1).endsWith(":")) {
      lines.add("  the same in another order");
    }
  }

  private static String pair(boolean isNew, List<String> from, boolean isGone, List<String> to) {
    if (isNew) {
      return String.join(", ", to);
    }
    return String.join(", ", from) + " -> " + (isGone ? "none" : String.join(", ", to));
  }

  /** Lists are written with commas; a long one is compared part by part. */
  private static List<String> parts(@Nullable String value) {
    if (value == null) {
      return List.of();
    }
    List<String> parts = new ArrayList<>();
    for (String part : value.split(", ", -1)) {
      parts.add(Printable.brief(part));
    }
    return parts;
  }

  private static int length(List<String> parts) {
    return parts.stream().mapToInt(String::length).sum();
  }
}
