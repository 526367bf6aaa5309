package dev.fjord.plan;

import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartOrder;
import org.jspecify.annotations.Nullable;

/**
 * How a plan answers an order to restart a machine.
 *
 * @param refused why it is not restarted; null where the plan restarts it
 */
public record OrderedRestart(RestartOrder order, @Nullable Refused refused) {

  /**
   * Why a machine is not restarted.
   *
   * @param hint what to do about it
   */
  public record Refused(String summary, String hint) {}

  /** The change that carries an order out. */
  public static String change(ResourceName instance) {
    return Change.id(Action.RESTART, Kind.INSTANCE, instance.value());
  }
}
