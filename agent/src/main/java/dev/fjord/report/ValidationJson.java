package dev.fjord.report;

import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check of a repository found, as programs read it.
 *
 * @param instances the names of those that hold no fault
 */
public record ValidationJson(
    int version,
    String revision,
    boolean valid,
    List<ResourceName> instances,
    List<ProblemJson> problems) {

  /**
   * Indented.
   *
   * @param desired null when nothing could be understood
   */
  public static String text(String revision, @Nullable Desired desired, List<Problem> problems) {
    List<ResourceName> names =
        desired == null ? List.of() : desired.instances().stream().map(Instance::name).toList();
    return Json.pretty(
        new ValidationJson(
            PlanJson.VERSION, revision, problems.isEmpty(), names, ProblemJson.all(problems)));
  }
}
