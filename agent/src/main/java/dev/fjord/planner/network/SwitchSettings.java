package dev.fjord.planner.network;

import dev.fjord.model.InterfaceName;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the host's kernel for a switch's bridge, and for the interface by which its
 * packets leave.
 */
public final class SwitchSettings {
  private static final String OFF = "0";
  private static final String ON = "1";

  private final InterfaceName bridge;
  private final List<Step.Setting> settings = new ArrayList<>();

  private SwitchSettings(InterfaceName bridge) {
    this.bridge = bridge;
  }

  /** The settings of a bridge that no packet leaves and on which the host has no IPv6. */
  public static List<Step.Setting> closed(InterfaceName bridge) {
    SwitchSettings of = new SwitchSettings(bridge);
    of.four(false, false);
    of.six("disable_ipv6", ON);
    return of.settings;
  }

  /**
   * @param device by which packets leave, or that becomes a port; null for none
   */
  static List<Step.Setting> of(
      Switch network, @Nullable ObservedBridge device, Collection<ObservedBridge> interfaces) {
    SwitchSettings of = new SwitchSettings(network.bridge());
    if (network.traffic().uplink().mode() == Uplink.Mode.INSTANCE) {
      return closed(network.bridge());
    } else if (network.traffic().uplink().mode() == Uplink.Mode.BRIDGED) {
      of.bridged(network, device);
    } else {
      of.routed(network, device, interfaces);
    }
    return of.settings;
  }

  private void routed(
      Switch network, @Nullable ObservedBridge device, Collection<ObservedBridge> interfaces) {
    boolean throughHost = network.traffic().throughHost();
    boolean leaves = network.traffic().uplink().mode() != Uplink.Mode.NONE;
    four(leaves || throughHost, throughHost);
    if (leaves && device != null) {
      settings.add(new Step.Setting("net/ipv4/conf/" + device.name() + "/forwarding", ON));
    }
    if (network.ipv6() == null) {
      six("disable_ipv6", ON);
      return;
    }
    // These are set before IPv6 is on: what a guest says about routers and addresses is never
    // believed, and no guest can take the gateway's address away by claiming it.
    six("accept_ra", OFF);
    six("autoconf", OFF);
    six("accept_redirects", OFF);
    six("accept_dad", OFF);
    six("proxy_ndp", throughHost ? ON : OFF);
    six("disable_ipv6", OFF);
    if (leaves || throughHost) {
      forwarding6(interfaces);
    }
  }

  /**
   * A host that forwards no longer listens to routers, and would lose its own default route, unless
   * accept_ra is 2.
   */
  private void forwarding6(Collection<ObservedBridge> interfaces) {
    Map<String, String> now = now(interfaces);
    if (!ON.equals(now.get(Step.Setting.FORWARDING6))) {
      interfaces.stream()
          .filter(one -> one.network() == null && !one.name().value().equals("lo"))
          .map(one -> acceptRa(one.name()))
          .filter(path -> ON.equals(now.get(path)))
          .sorted()
          .forEach(path -> settings.add(new Step.Setting(path, "2")));
    }
    settings.add(new Step.Setting(Step.Setting.FORWARDING6, ON));
  }

  /** The host is one of the machines on this bridge: it keeps IPv6 as it was on the interface. */
  private void bridged(Switch network, @Nullable ObservedBridge device) {
    if (device == null) {
      six("disable_ipv6", ON);
      return;
    }
    Map<String, String> its = device.routing().settings();
    boolean listens = network.traffic().filtered();
    six("accept_ra", listens ? its.getOrDefault(acceptRa(device.name()), OFF) : OFF);
    six("disable_ipv6", its.getOrDefault("net/ipv6/conf/" + device.name() + "/disable_ipv6", ON));
  }

  private static String acceptRa(InterfaceName name) {
    return "net/ipv6/conf/" + name + "/accept_ra";
  }

  private void four(boolean forwards, boolean throughHost) {
    String of = "net/ipv4/conf/" + bridge + "/";
    settings.add(new Step.Setting(of + "send_redirects", OFF));
    settings.add(new Step.Setting(of + "proxy_arp_pvlan", throughHost ? ON : OFF));
    settings.add(new Step.Setting(of + "forwarding", forwards ? ON : OFF));
  }

  private void six(String key, String value) {
    settings.add(new Step.Setting("net/ipv6/conf/" + bridge + "/" + key, value));
  }

  /** The settings of all interfaces together. */
  private static Map<String, String> now(Collection<ObservedBridge> interfaces) {
    Map<String, String> now = new TreeMap<>();
    interfaces.forEach(one -> now.putAll(one.routing().settings()));
    return now;
  }

  /** The settings that the host's kernel has with another value. */
  static List<FieldChange> differences(
      List<Step.Setting> wanted, Collection<ObservedBridge> interfaces) {
    Map<String, String> now = now(interfaces);
    return wanted.stream()
        .filter(setting -> now.containsKey(setting.path()))
        .filter(setting -> !setting.value().equals(now.get(setting.path())))
        .sorted(Comparator.comparing(Step.Setting::path))
        .map(setting ->
            new FieldChange(
                setting.path().replace('/', '.'), now.get(setting.path()), setting.value()))
        .toList();
  }
}
