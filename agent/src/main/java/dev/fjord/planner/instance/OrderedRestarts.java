package dev.fjord.planner.instance;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartOrder;
import dev.fjord.model.RunningKernel;
import dev.fjord.plan.Action;
import dev.fjord.plan.Change;
import dev.fjord.plan.Kind;
import dev.fjord.plan.OrderedRestart;
import dev.fjord.plan.OrderedRestart.Refused;
import dev.fjord.plan.Plan;
import dev.fjord.planner.draft.InstanceIds;
import dev.fjord.problem.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds out what became of an order to restart a machine, in a plan that was made with it. */
public final class OrderedRestarts {
  private OrderedRestarts() {}

  /**
   * What became of an order in a plan that was made with it.
   *
   * @param observed what the plan was made from
   */
  public static OrderedRestart in(Plan plan, Observed observed, RestartOrder order) {
    boolean done =
        plan.changes().stream()
            .anyMatch(change -> change.id().equals(OrderedRestart.change(order.instance())));
    return new OrderedRestart(order, done ? null : refused(plan, observed, order.instance()));
  }

  /** Whether a kernel that runs can be restarted by an order. */
  static boolean isPossible(InstanceRecord record, RunningKernel kernel) {
    return record.applied().power() == Power.RUNNING && !kernel.paused() && !kernel.starting();
  }

  private static Refused refused(Plan plan, Observed observed, ResourceName name) {
    ObservedInstance seen =
        observed.instances().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElse(null);
    if (seen == null) {
      List<String> names =
          observed.instances().stream().map(one -> one.name().value()).sorted().toList();
      String nearest = Nearest.hint(name.value(), names);
      return new Refused(
          "there is no instance " + name + " on this host",
          nearest == null ? "'fjord status' lists those that there are." : nearest);
    }
    Change other = other(plan, name);
    if (other != null) {
      return no(
          "instance "
              + name
              + " is not restarted: this run has something else in hand for it, "
              + other.action().name().toLowerCase(Locale.ROOT)
              + ": "
              + other.reason(),
          "See what came of it: fjord status " + name);
    }
    InstanceRecord record = seen.record();
    if (record == null) {
      return no(
          "instance " + name + " is not restarted: its record cannot be read",
          "'fjord status " + name + "' says what is wrong with it.");
    }
    return refused(name, record, seen);
  }

  private static Refused refused(ResourceName name, InstanceRecord record, ObservedInstance seen) {
    RunningKernel kernel = seen.kernel();
    if (kernel == null) {
      return record.applied().power() == Power.STOPPED
          ? no(
              "instance " + name + " is not restarted: it is stopped, as its document says",
              "'power: running' in its document starts it.")
          : no(
              "instance " + name + " is not restarted: " + InstanceChange.notRunning(seen),
              "The agent starts it by itself; 'fjord status " + name + "' says what hinders.");
    }
    if (kernel.starting()) {
      return no(
          "instance " + name + " is not restarted: its start is under way",
          "Wait for its end: fjord status " + name + ". What it shows: fjord console " + name);
    }
    if (kernel.paused() || record.applied().power() == Power.PAUSED) {
      return no(
          "instance " + name + " is not restarted: it is paused",
          "'power: running' in its document lets it go on.");
    }
    return no(
        "instance " + name + " is not restarted, since it could not start again now; it runs on",
        "'fjord plan' and 'fjord status' say what is missing.");
  }

  private static @Nullable Change other(Plan plan, ResourceName name) {
    return plan.changes().stream()
        .filter(change -> change.kind() == Kind.INSTANCE && isAbout(change, name))
        .filter(change -> change.action() != Action.UPDATE || isRenaming(change, name))
        .findFirst()
        .orElse(null);
  }

  private static boolean isAbout(Change change, ResourceName name) {
    return Objects.equals(change.name(), name) || isRenaming(change, name);
  }

  private static boolean isRenaming(Change change, ResourceName name) {
    return change.id().equals(InstanceIds.renaming(name));
  }

  private static Refused no(String summary, String hint) {
    return new Refused(summary, hint);
  }
}
