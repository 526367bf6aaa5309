package dev.fjord.problem;

/**
 * Text of unknown origin, made fit for a terminal, a log and a review page. What cannot be seen, or
 * makes its neighbours look like something else (escape sequences, line ends, characters that turn
 * the direction of writing), becomes {@code \}{@code u{202e}}.
 */
public final class Printable {
  private static final int LONGEST_LINE = 2000;
  private static final int LONGEST_CLAUSE = 400;
  private static final int LONGEST_QUOTE = 60;
  private static final int LONGEST_WORD = 40;
  private static final int KEPT_ENDS = 10;

  private Printable() {}

  /** One line, whatever was in it; cut after 2000 characters. */
  public static String line(String text) {
    return shortened(text, LONGEST_LINE);
  }

  /** A part of a message that may hold foreign text; cut after 400 characters. */
  public static String clause(String text) {
    return shortened(text, LONGEST_CLAUSE);
  }

  /** A word in quotes; cut after 60 characters. */
  public static String quote(String text) {
    return "'" + shortened(text, LONGEST_QUOTE) + "'";
  }

  /**
   * As {@link #line}, with the middle left out of words that no person reads in full: keys,
   * digests.
   */
  public static String brief(String text) {
    StringBuilder out = new StringBuilder();
    for (String word : line(text).split(" ", -1)) {
      out.append(out.isEmpty() ? "" : " ").append(briefWord(word));
    }
    return out.toString();
  }

  private static String briefWord(String word) {
    return word.length() <= LONGEST_WORD
        ? word
        : word.substring(0, KEPT_ENDS) + "..." + word.substring(word.length() - KEPT_ENDS);
  }

  private static String shortened(String text, int limit) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), limit));
    int count = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (count++ == limit) {
        return out.append('…').toString();
      }
      append(out, text.codePointAt(i));
    }
    return out.toString();
  }

  private static void append(StringBuilder out, int character) {
    if (isPlain(character)) {
      out.appendCodePoint(character);
    } else {
      out.append("\\u{").append(Integer.toHexString(character)).append('}');
    }
  }

  private static boolean isPlain(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // A no-break space in a name looks like a space: say which one it is.
      case Character.SPACE_SEPARATOR -> character == ' ';
      default -> true;
    };
  }
}
