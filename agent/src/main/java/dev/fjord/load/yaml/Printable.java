package dev.fjord.load.yaml;

/**
 * Text of unknown origin, made fit for a terminal, a log and a review page: what cannot be seen, or
 * makes its neighbours look like something else, becomes {@code \}{@code u{202e}}.
 */
public final class Printable {
  private static final int LONGEST_QUOTE = 60;
  private static final int LONGEST_LINE = 400;

  private Printable() {}

  /** The text in quotes, shortened to 60 characters. */
  public static String quote(String text) {
    return "'" + shortened(text, LONGEST_QUOTE) + "'";
  }

  /** A message that may hold foreign text, shortened to 400 characters. */
  public static String line(String text) {
    return shortened(text, LONGEST_LINE);
  }

  private static String shortened(String text, int limit) {
    StringBuilder out = new StringBuilder();
    int count = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (count++ == limit) {
        return out.append('…').toString();
      }
      int character = text.codePointAt(i);
      if (isPlain(character)) {
        out.appendCodePoint(character);
      } else {
        out.append("\\u{").append(Integer.toHexString(character)).append('}');
      }
    }
    return out.toString();
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
