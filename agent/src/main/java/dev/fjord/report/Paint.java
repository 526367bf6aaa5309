package dev.fjord.report;

/**
 * Colours for a terminal, or none. Give it printable text alone: it adds the only escape sequences
 * that fjord prints.
 *
 * @param on whether there is a terminal that wants colours
 */
public record Paint(boolean on) {
  public static final Paint NONE = new Paint(false);

  String green(String text) {
    return paint("32", text);
  }

  String red(String text) {
    return paint("31", text);
  }

  String yellow(String text) {
    return paint("33", text);
  }

  String bold(String text) {
    return paint("1", text);
  }

  String faint(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
