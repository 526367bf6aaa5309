package dev.fjord.planner.network;

import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The largest packets on switches of this host. A bridge drops in silence what its port does not
 * carry (is_skb_forwardable() in net/core/dev.c), and the sender gets no report: so a bridged
 * switch carries what its uplink does, an existing bridge what it does itself, and guests send no
 * more. Where the host is the router, it reports that to the sender (ICMP), and the filters lower
 * TCP's segment size before that.
 */
public final class Mtus {
  private Mtus() {}

  /** Of one switch. */
  static int of(Switch network, Observed observed) {
    Integer named = network.mtu();
    Integer carried = carried(network, observed);
    if (named == null) {
      return carried == null ? Switch.USUAL_MTU : carried;
    }
    return carried == null ? named : Math.min(named, carried);
  }

  /**
   * What the interface of a bridged switch carries; where the interface is missing, what the bridge
   * last carried with it. Null where nothing is known, and for other switches.
   */
  private static @Nullable Integer carried(Switch network, Observed observed) {
    if (network.isExisting()) {
      return observed.bridges().stream()
          .filter(one -> one.name().equals(network.bridge()))
          .map(one -> one.routing().mtu())
          .findFirst()
          .orElse(null);
    }
    if (network.traffic().uplink().mode() != Uplink.Mode.BRIDGED) {
      return null;
    }
    ObservedBridge device = UplinkGoal.of(network, observed).device();
    if (device != null) {
      return device.routing().mtu();
    }
    return observed.bridges().stream()
        .filter(one -> network.name().equals(one.network()))
        .map(one -> one.routing().mtu())
        .findFirst()
        .orElse(null);
  }

  /** The revision with the MTU that each switch has on this host. */
  public static Desired resolved(Desired desired, Observed observed) {
    Map<ResourceName, Switch> switches = new TreeMap<>(desired.switches());
    switches.replaceAll((name, network) -> network.with(of(network, observed)));
    return desired.with(switches);
  }

  /** Refusals where a switch cannot have the MTU that its document asks for. */
  public static Decisions check(Desired desired, Observed observed) {
    Draft draft = new Draft();
    new TreeMap<>(desired.switches())
        .values()
        .forEach(network -> check(network, of(network, observed), draft));
    return draft.decisions();
  }

  private static void check(Switch network, int mtu, Draft draft) {
    if (network.mtu() != null && mtu < network.mtu()) {
      draft.refuse(
          "mtu",
          Owner.SITE,
          "switch %s has 'mtu: %d', and its uplink carries packets of %d bytes at most"
              .formatted(network.name(), network.mtu(), mtu),
          "It has %d meanwhile. Write no more in the Switch's 'mtu', or leave it out."
              .formatted(mtu));
    }
    if (network.hasDaemon() && mtu < Switch.USUAL_MTU) {
      draft.refuse(
          "mtu",
          Owner.SITE,
          "switch %s carries packets of %d bytes at most, as its uplink does, and guests behind its"
                  .formatted(network.name(), mtu)
              + " uml_switch send up to 1500: larger ones are lost",
          "Take 'driver: bridge', whose guests are told.");
    }
  }
}
