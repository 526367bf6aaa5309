package dev.fjord.planner.draft;

import dev.fjord.model.ResourceName;
import dev.fjord.plan.Action;
import dev.fjord.plan.Change;
import dev.fjord.plan.Kind;
import java.util.List;

/** Ids of changes to instances, for changes that come after them. */
public final class InstanceIds {
  private InstanceIds() {}

  /** The changes after which a kernel no longer runs as it did before. */
  public static List<String> moving(ResourceName name) {
    return List.of(
        Change.id(Action.RESTART, Kind.INSTANCE, name.value()),
        Change.id(Action.STOP, Kind.INSTANCE, name.value()),
        renaming(name));
  }

  /** The change that gives the instance of this name another one. */
  public static String renaming(ResourceName from) {
    return Change.id(Action.UPDATE, Kind.INSTANCE, from + "/renamed");
  }

  /** The change that mends the ports of an instance. */
  public static String mendingPorts(ResourceName name) {
    return Change.id(Action.UPDATE, Kind.PORT, name.value());
  }
}
