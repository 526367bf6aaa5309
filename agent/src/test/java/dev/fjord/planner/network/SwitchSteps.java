package dev.fjord.planner.network;

import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Switch;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import java.util.List;

/** What a plan says about one switch, for tests that do it on a real network. */
public final class SwitchSteps {
  private SwitchSteps() {}

  public static Step.SetUpSwitch of(Switch network, Observed observed) {
    return SwitchGoal.of(network, observed).step();
  }

  /** What differs on a bridge that is there. */
  public static List<FieldChange> fields(Switch network, Observed observed) {
    return SwitchGoal.of(network, observed).fields(seen(network, observed));
  }

  /** What is told where the host has the router's address; empty where it has not. */
  public static String bothRouters(Switch network, Observed observed) {
    Problem both = SwitchGoal.of(network, observed).bothRouters(seen(network, observed));
    return both == null ? "" : both.summary();
  }

  private static ObservedBridge seen(Switch network, Observed observed) {
    return observed.bridges().stream()
        .filter(bridge -> bridge.name().equals(network.bridge()))
        .findFirst()
        .orElseThrow();
  }

  /** Why there is no uplink; empty when nothing is wrong. */
  public static String refusal(Switch network, Observed observed) {
    Refusal refusal = SwitchGoal.of(network, observed).uplink().refusal();
    return refusal == null ? "" : refusal.summary();
  }
}
