package dev.fjord.host.linux.uml;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Many words as one, for {@code env -S} of GNU coreutils, which takes them apart again and runs
 * them; it is no shell. Needed since screen(1) drops every word of a command beyond the 63rd, in
 * silence.
 */
final class EnvSplit {
  private EnvSplit() {}

  static String join(List<String> words) {
    return words.stream().map(EnvSplit::quoted).collect(Collectors.joining(" "));
  }

  /** Between single quotes only {@code \'} and {@code \\} mean something (info env). */
  private static String quoted(String word) {
    if (word.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a word holds a control character");
    }
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
