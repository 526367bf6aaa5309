package dev.fjord.load;

import dev.fjord.load.document.Spec;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Two switches cannot have one bridge, and no address can be on two of them. */
final class SwitchChecks {
  private SwitchChecks() {}

  static void run(Catalogue catalogue, ProblemCollector problems) {
    Map<InterfaceName, Switch> bridges = new HashMap<>();
    for (Spec.OfSwitch spec : catalogue.switches.values()) {
      Switch other = bridges.putIfAbsent(spec.network().bridge(), spec.network());
      if (other != null) {
        problems.add(
            Scope.EVERYTHING,
            Problem.of(
                    "duplicate-bridge",
                    "Switch %s and Switch %s have one bridge, %s"
                        .formatted(spec.network().name(), other.name(), other.bridge()))
                .hint("give one of them another in its field 'bridge'")
                .at(spec.bridgeAt()));
      }
    }
    uplinks(catalogue, bridges, problems);
    overlaps(catalogue, problems);
    overlaps6(catalogue, problems);
  }

  /** An interface can be a port of only one bridge, and a bridge cannot be a port. */
  private static void uplinks(
      Catalogue catalogue, Map<InterfaceName, Switch> bridges, ProblemCollector problems) {
    Map<InterfaceName, Switch> ports = new HashMap<>();
    for (Spec.OfSwitch spec : catalogue.switches.values()) {
      Uplink uplink = spec.network().traffic().uplink();
      InterfaceName device = uplink.device();
      if (device == null) {
        continue;
      }
      Switch itself = bridges.get(device);
      if (itself != null && itself.isExisting() && uplink.mode() != Uplink.Mode.BRIDGED) {
        continue; // A bridge of the host's own may be the uplink.
      }
      Switch other =
          uplink.mode() == Uplink.Mode.BRIDGED ? ports.putIfAbsent(device, spec.network()) : null;
      if (itself != null || other != null) {
        problems.add(
            Scope.EVERYTHING,
            Problem.of(
                    "bad-uplink",
                    itself != null
                        ? "Switch %s has the bridge of Switch %s, %s, as its uplink"
                            .formatted(spec.network().name(), itself.name(), device)
                        : "Switch %s and Switch %s are both bridged to %s"
                            .formatted(
                                spec.network().name(),
                                Objects.requireNonNull(other).name(),
                                device))
                .hint("name another interface of the host in 'uplinkInterface'")
                .at(spec.bridgeAt()));
      }
    }
  }

  private static void overlaps6(Catalogue catalogue, ProblemCollector problems) {
    List<Spec.OfSwitch> before = new ArrayList<>();
    for (Spec.OfSwitch spec : catalogue.switches.values()) {
      Ipv6Subnet here = spec.network().ipv6();
      if (here == null) {
        continue;
      }
      for (Spec.OfSwitch other : before) {
        Ipv6Subnet there = other.network().ipv6();
        if (there != null && there.overlaps(here)) {
          problems.add(
              Scope.EVERYTHING,
              Problem.of(
                      "overlapping-subnets",
                      "Switch %s has %s, which overlaps with %s of Switch %s"
                          .formatted(spec.network().name(), here, there, other.network().name()))
                  .hint("give one of them another subnet6")
                  .at(spec.subnet6At()));
          break;
        }
      }
      before.add(spec);
    }
  }

  /**
   * Subnets lie in each other or apart: when they are sorted by their first address, comparing
   * neighbours is enough.
   */
  private static void overlaps(Catalogue catalogue, ProblemCollector problems) {
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
        problems.add(
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
