package dev.fjord.host.linux.uml;

/** What a guest or its kernel wrote, made safe to show on a terminal. */
public final class PlainText {
  private PlainText() {}

  /** Line ends and tabs stay; every other control or format character becomes {@code ?}. */
  public static String of(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints()
        .filter(code -> code != '\r')
        .forEach(code -> plain.appendCodePoint(isPlain(code) ? code : '?'));
    return plain.toString();
  }

  private static boolean isPlain(int code) {
    return code == '\n'
        || code == '\t'
        || !Character.isISOControl(code)
            && Character.getType(code) != Character.FORMAT // such as those that turn direction
            && Character.getType(code) != Character.SURROGATE;
  }
}
