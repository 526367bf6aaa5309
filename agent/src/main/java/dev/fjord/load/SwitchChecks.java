package dev.fjord.load;

import dev.fjord.load.document.Spec;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Switch;
import dev.fjord.problem.Problem;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Two switches cannot have one bridge, and no address can be on two of them. */
final class SwitchChecks {
  private SwitchChecks() {}

  static void run(Catalogue catalogue, Faults faults) {
    Map<InterfaceName, Switch> bridges = new HashMap<>();
    for (Spec.OfSwitch spec : catalogue.switches.values()) {
      Switch other = bridges.putIfAbsent(spec.network().bridge(), spec.network());
      if (other != null) {
        faults.add(
            Scope.EVERYTHING,
            Problem.of(
                    "duplicate-bridge",
                    "Switch %s and Switch %s have one bridge, %s"
                        .formatted(spec.network().name(), other.name(), other.bridge()))
                .hint("give one of them another in its field 'bridge'")
                .at(spec.bridgeAt()));
      }
    }
    overlaps(catalogue, faults);
  }

  /** Subnets lie in each other or apart: in order of their beginnings, neighbours tell. */
  private static void overlaps(Catalogue catalogue, Faults faults) {
    List<Spec.OfSwitch> ordered =
        catalogue.switches.values().stream()
            .sorted(
                Comparator.comparing((Spec.OfSwitch spec) -> spec.network().subnet().network())
                    .thenComparingInt(spec -> spec.network().subnet().prefix()))
            .toList();
    Spec.OfSwitch widest = null;
    for (Spec.OfSwitch spec : ordered) {
      Switch here = spec.network();
      if (widest != null && widest.network().subnet().overlaps(here.subnet())) {
        Switch there = widest.network();
        faults.add(
            Scope.EVERYTHING,
            Problem.of(
                    "overlapping-subnets",
                    "Switch %s has %s, which overlaps with %s of Switch %s"
                        .formatted(here.name(), here.subnet(), there.subnet(), there.name()))
                .hint("give one of them another subnet")
                .at(spec.subnetAt()));
      } else {
        widest = spec;
      }
    }
  }
}
