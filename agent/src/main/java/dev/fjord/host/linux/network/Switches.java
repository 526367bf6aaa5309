package dev.fjord.host.linux.network;

import dev.fjord.model.Cidr;
import dev.fjord.model.Digest;
import dev.fjord.model.Identity;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.MacAddress;
import dev.fjord.plan.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes, mends and removes bridges. */
final class Switches {
  private final IpCommand ip;
  private final KernelSettings settings;
  private final BridgedUplink uplinks;

  Switches(IpCommand ip, BridgedUplink uplinks) {
    this.ip = ip;
    this.settings = new KernelSettings(ip);
    this.uplinks = uplinks;
  }

  /**
   * Makes or mends a switch's bridge: marked, without spanning tree, with the gateway's addresses
   * and no others, up, and with the kernel's settings of the step.
   *
   * <p>On a switch without IPv6 it is off (disable_ipv6) and not merely without an address: the
   * host would believe a guest's router advertisement, and take its default route and an address
   * from it. Frames between guests are bridged all the same.
   *
   * <p>With an uplink, the bridge has the host's own addresses instead; see {@link BridgedUplink}.
   * What it has before the uplink comes is fjord's and goes first: the address of a gateway that is
   * now another machine's would answer for it, and would be taken for one of the host's later.
   *
   * @throws dev.fjord.problem.ProblemException {@code foreign-link} when an interface that fjord
   *     did not make has that name; it is not touched
   */
  void setUp(Step.SetUpSwitch step) {
    String bridge = step.bridge().value();
    String unfinished = Links.unfinished(step.bridge());
    List<String> names = new ArrayList<>(List.of(bridge, unfinished));
    if (step.uplink() != null) {
      names.add(step.uplink().value());
    }
    Map<String, Link> found = ip.links(names);
    Link link = found.get(bridge);
    if (link != null && !link.isSwitch()) {
      throw Links.foreign(link, "switch " + step.name());
    }
    String tried = "setting up switch " + step.name();
    if (link == null) {
      List<String> lines = new ArrayList<>();
      if (found.containsKey(unfinished)) {
        lines.add("link delete dev " + unfinished);
      }
      // Without an address of its own a bridge takes the lowest of its ports': it would change as
      // taps come and go, under the guests that know it as their gateway's.
      lines.add("link add name " + unfinished + " address " + macOf(step, found) + " type bridge");
      lines.add("link set dev " + unfinished + " alias " + Mark.ofSwitch(step.name()).alias());
      lines.add("link set dev " + unfinished + " name " + bridge);
      ip.change(tried, lines);
    }
    settings.write(step.settings());
    if (link != null && !link.addresses6().isEmpty()) {
      link = ip.links(List.of(bridge)).get(bridge); // They go where IPv6 was turned off just now.
    }
    InterfaceName before = uplinks.of(bridge);
    List<String> lines = new ArrayList<>();
    if (before != null && !before.equals(step.uplink())) {
      uplinks.leave(bridge);
      link = ip.links(List.of(bridge)).get(bridge);
      before = null;
      // The one that it had is the interface's again.
      lines.add("link set dev " + bridge + " address " + macOf(step, found));
    }
    lines.addAll(mending(step, link, found));
    if (step.gateway() == null && before == null && !hasPortOfTheHosts(bridge)) {
      lines.add(0, "address flush dev " + bridge + " scope global");
    }
    ip.change(tried, lines);
    if (step.uplink() != null) {
      uplinks.join(bridge, step.uplink());
    }
  }

  /** Whether the addresses on it may be the host's, though nothing is written down of them. */
  private boolean hasPortOfTheHosts(String bridge) {
    return ip.links().values().stream()
        .anyMatch(link -> bridge.equals(link.master()) && !link.leadsToGuests());
  }

  private static List<String> mending(
      Step.SetUpSwitch step, @Nullable Link there, Map<String, Link> found) {
    String bridge = step.bridge().value();
    List<String> lines = new ArrayList<>();
    lines.add("link set dev " + bridge + " alias " + Mark.ofSwitch(step.name()).alias());
    // LLDP (01:80:c2:00:00:0e) would pass every hook, and the bridge would learn from whom it says
    // that it is; forwarded, it meets the filters.
    String quiet = " type bridge stp_state 0 forward_delay 0 group_fwd_mask 0x4000";
    lines.add("link set dev " + bridge + quiet);
    // Said once, it is no longer the smallest of its ports'.
    lines.add("link set dev " + bridge + " mtu " + step.mtu());
    Cidr gateway = step.gateway();
    if (gateway != null) {
      removed(there, step)
          .forEach(other -> lines.add("address delete " + other + " dev " + bridge));
      // Last, since the kernel drops a subnet's other addresses together with its first.
      lines.add("address replace " + gateway + " dev " + bridge);
    } else if (step.uplink() != null && there != null) {
      lines.add("link set dev " + bridge + " address " + macOf(step, found));
    }
    if (step.gateway6() != null) {
      lines.add("address replace " + step.gateway6() + " dev " + bridge + " nodad");
    }
    lines.add("link set dev " + bridge + " up");
    return lines;
  }

  /** Addresses that are neither gateway's; on a bridge with an uplink they are the host's. */
  private static List<String> removed(@Nullable Link there, Step.SetUpSwitch step) {
    List<String> others = new ArrayList<>();
    if (there != null) {
      there.addresses().forEach(address -> others.add(address.toString()));
      others.addAll(there.addresses6());
      others.remove(String.valueOf(step.gateway()));
      others.remove(String.valueOf(step.gateway6()));
      // The last first: the kernel drops a subnet's other addresses together with its first.
      Collections.reverse(others);
    }
    return others;
  }

  /**
   * The Ethernet address of the uplink, by which its addresses are known. Else one made from the
   * gateway's address, which is on one host alone, so that hosts can share a network.
   */
  private static MacAddress macOf(Step.SetUpSwitch step, Map<String, Link> found) {
    Link uplink = step.uplink() == null ? null : found.get(step.uplink().value());
    if (uplink != null && uplink.mac() != null) {
      return uplink.mac();
    }
    String hex = Digest.ofText("fjord.dev/bridge/" + step.name() + "/" + step.gateway()).hex();
    return new Identity(hex.substring(0, 16)).mac(0);
  }

  /**
   * Removes a bridge that bears the mark of this switch; none there, or another switch's by now, is
   * fine.
   *
   * @throws dev.fjord.problem.ProblemException {@code foreign-link} when it bears no mark of
   *     fjord's
   */
  void remove(Step.RemoveSwitch step) {
    String bridge = step.bridge().value();
    Link link = ip.links(List.of(bridge)).get(bridge);
    if (link == null) {
      return;
    }
    if (!link.isSwitch()) {
      throw Links.foreign(link, "removing switch " + step.name());
    }
    if (Mark.ofSwitch(step.name()).equals(link.mark())) {
      uplinks.leave(bridge);
      ip.change("removing switch " + step.name(), List.of("link delete dev " + bridge));
    }
  }
}
