package dev.fjord.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trailers of a commit message: the last paragraph, when it is not the first one and every line
 * of it is {@code Token: value} or continues one. This is stricter than Git, which allows other
 * lines among them: prose that looks like permission must not give it.
 */
final class Trailers {
  private static final Pattern LINE = Pattern.compile("([A-Za-z0-9-]+)[ \\t]*:[ \\t]*(.*)");
  private static final String CHERRY_PICKED = "(cherry picked from commit ";

  private Trailers() {}

  /** The values of a token, in order; tokens are compared without regard to case, as Git does. */
  static List<String> values(String message, String token) {
    List<String> values = new ArrayList<>();
    for (String line : lastParagraph(message)) {
      if (line.startsWith(CHERRY_PICKED) || Character.isWhitespace(line.charAt(0))) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        return List.of();
      }
      if (matcher.group(1).toLowerCase(Locale.ROOT).equals(token.toLowerCase(Locale.ROOT))) {
        values.add(matcher.group(2).strip());
      }
    }
    return values;
  }

  private static List<String> lastParagraph(String message) {
    List<String> lines = message.stripTrailing().lines().toList();
    int start = lines.size();
    while (start > 0 && !lines.get(start - 1).isBlank()) {
      start--;
    }
    boolean isFirst = lines.subList(0, start).stream().allMatch(String::isBlank);
    return isFirst ? List.of() : lines.subList(start, lines.size());
  }
}
