package dev.fjord.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.fjord.model.Digest;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A plan as programs read it. The fields stand in a fixed order, so that equal plans give equal
 * bytes; {@code id} is the SHA-256 of the JSON without white space and without the id itself.
 */
public record PlanJson(
    int version,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String id,
    ResourceName host,
    String revision,
    List<ChangeJson> changes,
    List<RefusalJson> refused,
    List<WaitingJson> waiting,
    List<ImageChangeJson> images,
    List<ProblemJson> problems) {
  /** Counts up when a program that read the old form would misread the new one. */
  static final int VERSION = 1;

  /**
   * One change.
   *
   * @param partner null for the site's own
   * @param after the ids of what has to end first, sorted
   */
  record ChangeJson(
      String id,
      Action action,
      Kind kind,
      ResourceName name,
      @Nullable ResourceName partner,
      Cause cause,
      String reason,
      Disruption disruption,
      List<FieldChange> fields,
      List<String> after) {
    static ChangeJson of(Change change) {
      TreeSet<String> after = new TreeSet<>(change.requires());
      after.addAll(change.follows());
      return new ChangeJson(
          change.id(),
          change.action(),
          change.kind(),
          change.name(),
          change.owner().partner(),
          change.cause(),
          change.reason(),
          change.disruption(),
          change.fields(),
          List.copyOf(after));
    }
  }

  /** What is refused, and whose it is. */
  public record RefusalJson(
      String guard, @Nullable ResourceName partner, String summary, String hint) {
    static List<RefusalJson> all(Plan plan) {
      return plan.refused().stream()
          .map(r -> new RefusalJson(r.guard(), r.owner().partner(), r.summary(), r.hint()))
          .toList();
    }

    Refusal refusal() {
      return new Refusal(guard, new Owner(partner), summary, hint);
    }
  }

  /** What is done later. */
  public record WaitingJson(
      ResourceName instance,
      @Nullable ResourceName partner,
      Waiting.Until until,
      String summary,
      List<FieldChange> fields) {
    static List<WaitingJson> all(Plan plan) {
      return plan.waiting().stream()
          .map(w ->
              new WaitingJson(
                  w.instance(), w.owner().partner(), w.until(), w.summary(), w.fields()))
          .toList();
    }

    Waiting waiting() {
      return new Waiting(instance, new Owner(partner), until, summary, fields);
    }
  }

  public static PlanJson of(Plan plan) {
    return withId(plan, id(plan));
  }

  /** 64 hexadecimal digits. */
  public static String id(Plan plan) {
    return Digest.ofText(canonical(plan)).hex();
  }

  /** Indented, with the id. */
  public static String text(Plan plan) {
    return Json.pretty(of(plan));
  }

  static String canonical(Plan plan) {
    return Json.compact(withId(plan, null));
  }

  private static PlanJson withId(Plan plan, @Nullable String id) {
    return new PlanJson(
        VERSION,
        id,
        plan.host(),
        plan.revision(),
        plan.changes().stream().map(ChangeJson::of).toList(),
        RefusalJson.all(plan),
        WaitingJson.all(plan),
        ImageChangeJson.all(plan),
        ProblemJson.all(plan.problems()));
  }
}
