package dev.fjord.host.linux.network;

import dev.fjord.model.Cidr;
import dev.fjord.model.Digest;
import dev.fjord.model.Identity;
import dev.fjord.model.MacAddress;
import dev.fjord.plan.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes, mends and removes bridges. */
final class Switches {
  /** Absent where the host's kernel was started without IPv6. */
  private static final Path IPV6 = Path.of("/proc/sys/net/ipv6");

  private final IpCommand ip;

  Switches(IpCommand ip) {
    this.ip = ip;
  }

  /**
   * Makes or mends a switch's bridge: marked, without spanning tree, with the gateway's address and
   * no other, up, and with the host's IPv6 off on it.
   *
   * <p>IPv6 is off (disable_ipv6) and not merely without an address: the host would believe a
   * guest's router advertisement, and take its default route and an address from it. Frames between
   * guests are bridged all the same.
   *
   * @throws dev.fjord.problem.ProblemException {@code foreign-link} when somebody else's interface
   *     has that name; it is not touched
   */
  void setUp(Step.SetUpSwitch step) {
    String bridge = step.bridge().value();
    String unfinished = Links.unfinished(step.bridge());
    Map<String, Link> found = ip.links(List.of(bridge, unfinished));
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
      lines.add("link add name " + unfinished + " address " + macOf(step) + " type bridge");
      lines.add("link set dev " + unfinished + " alias " + Mark.ofSwitch(step.name()).alias());
      lines.add("link set dev " + unfinished + " name " + bridge);
      ip.change(tried, lines);
    }
    if (Files.isDirectory(IPV6)) {
      ip.sysctl("net/ipv6/conf/" + bridge + "/disable_ipv6", "1");
    }
    ip.change(tried, mending(step, link == null ? List.of() : link.addresses()));
  }

  private static List<String> mending(Step.SetUpSwitch step, List<Cidr> addresses) {
    String bridge = step.bridge().value();
    List<String> lines = new ArrayList<>();
    lines.add("link set dev " + bridge + " alias " + Mark.ofSwitch(step.name()).alias());
    // LLDP (01:80:c2:00:00:0e) would pass every hook, and the bridge would learn from whom it says
    // that it is; forwarded, it meets the filters.
    String quiet = " type bridge stp_state 0 forward_delay 0 group_fwd_mask 0x4000";
    lines.add("link set dev " + bridge + quiet);
    for (Cidr other : addresses) {
      if (!other.equals(step.gateway())) {
        lines.add("address delete " + other + " dev " + bridge);
      }
    }
    // Last, since the kernel drops a subnet's other addresses together with its first.
    lines.add("address replace " + step.gateway() + " dev " + bridge);
    lines.add("link set dev " + bridge + " up");
    return lines;
  }

  /** Of the gateway's address, which is on one host alone, so that hosts can share a network. */
  private static MacAddress macOf(Step.SetUpSwitch step) {
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
      ip.change("removing switch " + step.name(), List.of("link delete dev " + bridge));
    }
  }
}
