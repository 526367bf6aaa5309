package dev.fjord.plan;

import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Switch;
import java.util.List;

/** What a plan says about one switch, for tests that do it on a real network. */
public final class SwitchSteps {
  private SwitchSteps() {}

  public static Step.SetUpSwitch of(Switch network, Observed observed) {
    return SwitchGoal.of(network, observed).step();
  }

  /** What differs on a bridge that is there. */
  public static List<FieldChange> fields(Switch network, Observed observed) {
    ObservedBridge seen =
        observed.bridges().stream()
            .filter(bridge -> bridge.name().equals(network.bridge()))
            .findFirst()
            .orElseThrow();
    return SwitchGoal.of(network, observed).fields(seen);
  }

  /** Why there is no uplink; empty when nothing is wrong. */
  public static String refusal(Switch network, Observed observed) {
    Refusal refusal = SwitchGoal.of(network, observed).uplink().refusal();
    return refusal == null ? "" : refusal.summary();
  }
}
