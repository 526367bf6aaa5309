package dev.fjord.host.linux.uml;

import dev.fjord.model.ByteSize;
import dev.fjord.model.RebaseReport;
import dev.fjord.model.RebaseReport.Conflict;
import dev.fjord.model.RebaseReport.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what {@code workshop.c} has reported of a rebase. Anything else in a line is ignored. */
final class RebaseLines {
  private static final Pattern CONFLICT =
      Pattern.compile(
          "conflict ("
              + Stream.of(Conflict.Kind.values())
                  .map(RebaseLines::word)
                  .collect(Collectors.joining("|"))
              + ") (/[-_./%a-zA-Z0-9]{1,12288}+)");
  private static final Pattern TALLY =
      Pattern.compile("(kept|taken|removed|conflicts) ([0-9]{1,15}) ([0-9]{1,18})");

  private RebaseLines() {}

  static RebaseReport read(List<String> lines) {
    List<Conflict> conflicts = new ArrayList<>();
    Tally kept = Tally.NONE;
    Tally taken = Tally.NONE;
    Tally removed = Tally.NONE;
    Tally conflicting = Tally.NONE;
    for (String line : lines) {
      Matcher conflict = CONFLICT.matcher(line);
      Matcher tally = TALLY.matcher(line);
      if (conflict.matches() && conflicts.size() < RebaseReport.MOST_LISTED) {
        conflicts.add(new Conflict(kind(conflict.group(1)), conflict.group(2)));
      } else if (tally.matches()) {
        Tally found =
            new Tally(Long.parseLong(tally.group(2)), new ByteSize(Long.parseLong(tally.group(3))));
        switch (tally.group(1)) {
          case "kept" -> kept = found;
          case "taken" -> taken = found;
          case "removed" -> removed = found;
          default -> conflicting = found;
        }
      }
    }
    return new RebaseReport(kept, taken, removed, conflicting, conflicts);
  }

  private static String word(Conflict.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Conflict.Kind kind(String word) {
    return Conflict.Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
