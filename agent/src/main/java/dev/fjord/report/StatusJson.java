package dev.fjord.report;

/** A status as programs read it. */
public final class StatusJson {
  private StatusJson() {}

  /** Indented. */
  public static String text(Status status) {
    return Json.pretty(status);
  }
}
