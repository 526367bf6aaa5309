package dev.fjord.host.linux.names;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hosts file, hosts(5), of which one block is a site's own: between two lines that name its state
 * directory, so that another site's block is not taken for its own. All other lines stay as they
 * are.
 *
 * @param text each byte as one character
 */
record HostsText(String text, Path site) {
  private String begin() {
    return "# BEGIN fjord " + site + ":";
  }

  private String end() {
    return "# END fjord " + site + ":";
  }

  /** Where the block stands; both are the lines with the marks. */
  private record Span(int begin, int end) {}

  /**
   * The lines of the block; null when there is none, and a line that no block has when the marks
   * are not one pair.
   */
  @Nullable List<String> block() {
    List<String> lines = lines();
    List<Span> spans = spans(lines);
    long marks = lines.stream().filter(this::isMark).count();
    if (marks == 0) {
      return null;
    }
    if (marks != 2 || spans.size() != 1) {
      return List.of("(" + marks + " marks of fjord's)");
    }
    return lines.subList(spans.get(0).begin() + 1, spans.get(0).end()).stream()
        .map(String::stripTrailing)
        .toList();
  }

  /** Every name that the other lines define, in lower case. */
  Set<String> otherNames() {
    Set<String> names = new HashSet<>();
    for (String line : others(lines(), -1, "")) {
      String[] words = line.split("#", 2)[0].strip().split("\\s+", -1);
      for (int i = 1; i < words.length; i++) {
        names.add(words[i].toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  /** Comments of other lines that say what program writes them, two at most. */
  List<String> claims() {
    return others(lines(), -1, "").stream()
        .map(String::strip)
        .filter(line -> line.matches("(?i)#.*(generated|managed|written|do not edit|begin).*"))
        .limit(2)
        .toList();
  }

  /** The text with another block, or with none where it has no lines. */
  String with(List<String> block) {
    List<String> lines = lines();
    List<Span> spans = spans(lines);
    StringBuilder fresh = new StringBuilder();
    if (!block.isEmpty()) {
      fresh.append(begin()).append(" names of its instances. Changes here are undone.\n");
      block.forEach(line -> fresh.append(line).append('\n'));
      fresh.append(end()).append(" all else in this file is left alone.\n");
    }
    int place = spans.isEmpty() ? lines.size() : spans.get(0).begin();
    return String.join("", others(lines, place, fresh.toString()));
  }

  /** All lines that are not the site's own, and {@code fresh} before the one at {@code place}. */
  private List<String> others(List<String> lines, int place, String fresh) {
    List<Span> spans = spans(lines);
    List<String> others = new ArrayList<>();
    for (int i = 0; i <= lines.size(); i++) {
      int at = i;
      if (i == place && !fresh.isEmpty()) {
        String last = others.isEmpty() ? "\n" : others.get(others.size() - 1);
        others.add(last.endsWith("\n") ? fresh : "\n" + fresh);
      }
      boolean own = spans.stream().anyMatch(span -> span.begin() <= at && at <= span.end());
      if (i < lines.size() && !own && !isMark(lines.get(i))) {
        others.add(lines.get(i));
      }
    }
    return others;
  }

  /** From a beginning to the next end, with no other beginning between them. */
  private List<Span> spans(List<String> lines) {
    List<Span> spans = new ArrayList<>();
    int open = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(begin())) {
        open = i;
      } else if (lines.get(i).startsWith(end()) && open >= 0) {
        spans.add(new Span(open, i));
        open = -1;
      }
    }
    return spans;
  }

  private boolean isMark(String line) {
    return line.startsWith(begin()) || line.startsWith(end());
  }

  /** With their ends. */
  private List<String> lines() {
    return text.isEmpty() ? List.of() : List.of(text.split("(?<=\n)"));
  }
}
