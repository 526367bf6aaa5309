package dev.fjord.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fjord.json.ModelJson;

/** A status as programs read it. */
public final class StatusJson {
  private StatusJson() {}

  /** One instance's part of it, indented. */
  public static String text(Status.InstanceStatus instance) {
    return Json.pretty(instance);
  }

  /** As it is kept: indented. */
  public static String text(Status status) {
    return Json.pretty(status);
  }

  /** As it is reported: with the process that keeps it true. */
  public static String text(Status status, Presence presence) {
    ObjectNode told = ModelJson.mapper().valueToTree(status);
    told.put("converged", status.isConvergedWith(presence));
    told.set("agent", ModelJson.mapper().valueToTree(presence));
    return Json.pretty(told);
  }
}
