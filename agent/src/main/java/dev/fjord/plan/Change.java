package dev.fjord.plan;

import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import java.util.ArrayList;
import java.util.List;

/**
 * One entry of a plan: what, why, at what cost, after what, and the step that does it.
 *
 * @param id unique in its plan, and the same in every plan that holds the same change: {@code
 *     start/instance/linda}
 * @param reason one clause, for a person
 * @param requires changes that must have succeeded
 * @param follows changes that must have ended, well or not
 */
public record Change(
    String id,
    Action action,
    Kind kind,
    ResourceName name,
    Owner owner,
    Cause cause,
    String reason,
    Disruption disruption,
    List<FieldChange> fields,
    List<String> requires,
    List<String> follows,
    Step step) {
  public Change {
    fields = List.copyOf(fields);
    requires = List.copyOf(requires);
    follows = List.copyOf(follows);
  }

  /** The same change, after others have ended. */
  public Change following(List<String> ids) {
    return new Change(
        id, action, kind, name, owner, cause, reason, disruption, fields, requires, ids, step);
  }

  /** The same change, for another reason. */
  public Change because(String other) {
    return new Change(
        id, action, kind, name, owner, cause, other, disruption, fields, requires, follows, step);
  }

  /** The same change, after another has succeeded. */
  public Change requiring(String change) {
    List<String> all = new ArrayList<>(requires);
    all.add(change);
    return new Change(
        id, action, kind, name, owner, cause, reason, disruption, fields, all, follows, step);
  }

  public static String id(Action action, Kind kind, String name) {
    return (action + "/" + kind + "/" + name).toLowerCase(java.util.Locale.ROOT);
  }
}
