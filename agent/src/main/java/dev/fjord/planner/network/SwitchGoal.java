package dev.fjord.planner.network;

import dev.fjord.model.Cidr;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Switch;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a switch's bridge should come to on this host, and in which fields it differs. */
record SwitchGoal(Switch network, UplinkGoal uplink, Observed observed) {

  static SwitchGoal of(Switch network, Observed observed) {
    return new SwitchGoal(network, UplinkGoal.of(network, observed), observed);
  }

  Step.SetUpSwitch step() {
    return new Step.SetUpSwitch(
        network.name(),
        network.bridge(),
        isBridged() ? null : network.gatewayOnInterface(),
        gateway6(),
        isBridged() && uplink.device() != null ? uplink.device().name() : null,
        Mtus.of(network, observed),
        SwitchSettings.of(network, uplink.device(), observed.bridges()));
  }

  private boolean isBridged() {
    return !network.isRoutedByHost();
  }

  private @Nullable String gateway6() {
    return isBridged() || network.ipv6() == null
        ? null
        : network.ipv6().gateway() + "/" + network.ipv6().prefix();
  }

  /** What {@code seen}, which is this switch's bridge, is to become. */
  List<FieldChange> fields(ObservedBridge seen) {
    List<FieldChange> fields = new ArrayList<>();
    if (!seen.up()) {
      fields.add(new FieldChange("link", "down", "up"));
    }
    gateway(seen, fields);
    gateway6(seen, fields);
    uplink(seen, fields);
    int mtu = seen.routing().mtu();
    if (mtu != step().mtu()) {
      fields.add(new FieldChange("mtu", mtu + "", step().mtu() + ""));
    }
    fields.addAll(SwitchSettings.differences(step().settings(), observed.bridges()));
    return fields;
  }

  private void gateway(ObservedBridge seen, List<FieldChange> fields) {
    Cidr gateway = network.gatewayOnInterface();
    if (isBridged()) {
      if (seen.addresses().contains(gateway) && !hasPortOfTheHosts()) {
        fields.add(new FieldChange("gateway", gateway.toString(), null));
      }
    } else if (!seen.addresses().contains(gateway)) {
      String now = seen.addresses().isEmpty() ? null : seen.addresses().toString();
      fields.add(new FieldChange("gateway", now, gateway.toString()));
    }
  }

  /** Whether the addresses on the bridge may be the host's own. */
  private boolean hasPortOfTheHosts() {
    return observed.bridges().stream()
        .anyMatch(one -> network.bridge().equals(one.routing().master()));
  }

  /**
   * Reports that the host has the router's address on a bridged uplink, as if it were the router.
   * It cannot be found out whether another machine has it, too.
   */
  @Nullable Problem bothRouters(ObservedBridge seen) {
    Cidr gateway = network.gatewayOnInterface();
    return !isBridged() || !hasPortOfTheHosts() || !seen.addresses().contains(gateway)
        ? null
        : Problem.of(
                "gateway-here",
                "this host has %s, the gateway of switch %s, on bridge %s"
                    .formatted(gateway, network.name(), network.bridge()))
            .detail("with 'uplink: bridged' that is the router's address")
            .hint(
                "Where this host is the router, that is right. Where another machine is, two answer"
                    + " for it; then run: ip address delete %s dev %s"
                        .formatted(gateway, network.bridge()));
  }

  private void gateway6(ObservedBridge seen, List<FieldChange> fields) {
    String gateway = gateway6();
    List<String> now = seen.routing().addresses6();
    boolean right = gateway == null ? isBridged() || now.isEmpty() : now.contains(gateway);
    if (!right) {
      fields.add(new FieldChange("gateway6", now.isEmpty() ? null : now.toString(), gateway));
    }
  }

  private void uplink(ObservedBridge seen, List<FieldChange> fields) {
    InterfaceName wanted = step().uplink();
    InterfaceName now = seen.routing().uplink();
    if (isBridged() && wanted == null && uplink.refusal() != null && now == null) {
      return; // The refusal says why.
    }
    if (!Objects.equals(wanted, now)) {
      fields.add(new FieldChange("uplink", text(now), text(wanted)));
    } else if (wanted != null && !left(wanted).isEmpty()) {
      // A run was ended between the two, or something gave the interface an address again.
      fields.add(
          new FieldChange(
              "uplink", wanted + " with " + String.join(", ", left(wanted)), wanted.toString()));
    }
  }

  /** Addresses that are still on the interface, and not on the bridge that it is a port of. */
  private List<String> left(InterfaceName device) {
    return observed.bridges().stream()
        .filter(one -> one.name().equals(device))
        .flatMap(one ->
            Stream.concat(
                one.addresses().stream().map(Cidr::toString), one.routing().addresses6().stream()))
        .toList();
  }

  private static @Nullable String text(@Nullable InterfaceName name) {
    return name == null ? null : name.toString();
  }

  /** Whether the host has, or will have, an address from which it can ask {@code guest}. */
  boolean canAsk(Ipv4Address guest) {
    if (!isBridged()) {
      return true;
    }
    InterfaceName device = network.traffic().uplink().device();
    return observed.bridges().stream()
        .filter(one -> one.name().equals(network.bridge()) || one.name().equals(device))
        .flatMap(one -> one.addresses().stream())
        .anyMatch(address -> address.contains(guest));
  }
}
