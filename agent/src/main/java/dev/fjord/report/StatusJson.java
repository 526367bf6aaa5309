package dev.fjord.report;

/** A status as programs read it. */
public final class StatusJson {
  private StatusJson() {}

  /** One instance's part of it, indented. */
  public static String text(Status.InstanceStatus instance) {
    return Json.pretty(instance);
  }

  /** Indented. */
  public static String text(Status status) {
    return Json.pretty(status);
  }
}
