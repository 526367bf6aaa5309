package dev.fjord.model;

/**
 * From when on a host's disk is too full, in percent of what is there for instances, as df(1)
 * counts it.
 *
 * @param warn from here on it is reported
 * @param refuse from here on no more is promised
 */
public record Watermarks(int warn, int refuse) {
  public static final Watermarks USUAL = new Watermarks(90, 95);

  public Watermarks {
    if (warn < 1 || refuse > 100 || warn > refuse) {
      throw new IllegalArgumentException(
          "1% <= warn <= refuse <= 100%, not " + warn + "% and " + refuse + "%");
    }
  }

  /**
   * Reads {@code 90%}.
   *
   * @throws IllegalArgumentException with the reason
   */
  public static int parsePercent(String text) {
    if (!text.matches("[1-9][0-9]?%|100%")) {
      throw new IllegalArgumentException("'" + text + "' is no part of a disk, such as 90%");
    }
    return Integer.parseInt(text.substring(0, text.length() - 1));
  }
}
