package dev.fjord.planner.network;

import dev.fjord.model.InterfaceName;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Owner;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The host's interface that leads a switch to other networks.
 *
 * @param device null where there is none, or it cannot be used
 * @param refusal why not; null where nothing is wrong
 */
record UplinkGoal(@Nullable ObservedBridge device, @Nullable Refusal refusal) {
  private static final UplinkGoal NONE = new UplinkGoal(null, null);

  static UplinkGoal of(Switch network, Observed observed) {
    Uplink uplink = network.traffic().uplink();
    return switch (uplink.mode()) {
      case NONE, EXISTING, INSTANCE -> NONE;
      case ROUTED, NAT -> routed(network, uplink.device(), observed);
      case BRIDGED -> bridged(network, uplink.device(), observed);
    };
  }

  private static UplinkGoal routed(
      Switch network, @Nullable InterfaceName name, Observed observed) {
    ObservedBridge device = name == null ? standard(observed) : find(name, observed);
    if (device != null) {
      return new UplinkGoal(device, null);
    }
    String mode = network.traffic().uplink().mode() == Uplink.Mode.NAT ? "nat" : "routed";
    return refused(
        network,
        name == null
            ? "is '" + mode + "', and this host has no default route to leave by"
            : "leaves by interface " + name + ", and this host has none of that name",
        "Its guests reach each other and the host meanwhile. "
            + (name == null
                ? "Give the host a default route, or name an interface in 'uplinkInterface'."
                : "Name another one in 'uplinkInterface', or none for that of the default route."));
  }

  private static UplinkGoal bridged(
      Switch network, @Nullable InterfaceName name, Observed observed) {
    ObservedBridge device = name == null ? null : find(name, observed);
    String why = null;
    if (name == null) {
      why = "is 'bridged' to no interface";
    } else if (name.value().equals("lo")) {
      why = "is 'bridged' to lo, which leads nowhere but to the host itself";
    } else if (observed.ports().stream().anyMatch(port -> port.tap().equals(name))) {
      why = "is 'bridged' to " + name + ", which is a tap: somebody's machine, and no way out";
    } else if (device == null) {
      why = "is 'bridged' to interface " + name + ", and this host has none of that name";
    } else if (device.network() != null) {
      why = "is 'bridged' to " + name + ", which is the bridge of switch " + device.network();
    } else if (isPortOfAnother(device, network)) {
      why = "is 'bridged' to " + name + ", which is a port of " + device.routing().master();
    }
    return why == null
        ? new UplinkGoal(device, null)
        : refused(
            network,
            why,
            "It was not touched, and guests reach each other meanwhile. Name a network interface"
                + " of the host that is nobody's port in 'uplinkInterface'.");
  }

  private static boolean isPortOfAnother(ObservedBridge device, Switch network) {
    InterfaceName master = device.routing().master();
    return master != null && !master.equals(network.bridge());
  }

  private static UplinkGoal refused(Switch network, String why, String hint) {
    return new UplinkGoal(
        null, new Refusal("uplink", Owner.SITE, "switch " + network.name() + " " + why, hint));
  }

  private static @Nullable ObservedBridge find(InterfaceName name, Observed observed) {
    return observed.bridges().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable ObservedBridge standard(Observed observed) {
    return observed.bridges().stream()
        .filter(one -> one.routing().leavesBy())
        .findFirst()
        .orElse(null);
  }
}
