package dev.fjord.host.linux.doctor;

import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Obstacle;
import dev.fjord.model.PortForward;
import dev.fjord.model.Surroundings;
import dev.fjord.model.Switch;
import dev.fjord.model.TakenPort;
import dev.fjord.model.TakenUids;
import dev.fjord.model.Uplink;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Docker, ufw, firewalld and others on this host, and what of fjord's they block.
 *
 * @param now what fjord filters at present; null where it does not yet, or that is not known
 */
record OtherRulers(Surroundings around, @Nullable Filters now) {
  private static final InterfaceName USUAL = new InterfaceName("fj-lan");
  private static final int FEW = 3;

  List<Finding> examine() {
    List<Finding> findings = new ArrayList<>(firewall());
    if (around.legacy()) {
      findings.add(
          Finding.warning(
              "host's firewall",
              "it has rules of iptables-legacy, which are not looked through",
              "'iptables-legacy -S FORWARD' shows them: they have to let the bridges of switches"
                  + " through. docs/with-other-firewalls.md has the commands."));
    }
    findings.addAll(ports());
    findings.addAll(uids());
    return findings;
  }

  private List<Finding> firewall() {
    Set<Finding> found = new LinkedHashSet<>();
    for (Obstacle one : around.obstacles()) {
      // Once there are bridges, rules for a bridge that no rule names do not matter.
      if (isAsked(one) && (one.bridge() != null || around.bridges().isEmpty())) {
        InterfaceName bridge = Objects.requireNonNullElse(one.bridge(), USUAL);
        found.add(
            Finding.warning(
                "host's firewall",
                "%s%s %s by %s"
                    .formatted(
                        one.way().words(),
                        (one.six() ? " by IPv6" : "")
                            + (one.bridge() == null ? "" : " on " + bridge),
                        one.certain() ? "is taken" : "may be taken",
                        one.place()),
                "Let it through: "
                    + one.remedy(bridge)
                    + ". docs/with-other-firewalls.md has more."));
      }
    }
    return found.isEmpty() && !around.legacy()
        ? List.of(Finding.ok("host's firewall", "lets switches through"))
        : List.copyOf(found);
  }

  private boolean isAsked(Obstacle one) {
    List<Switch> there =
        now == null
            ? List.of()
            : now.switches().stream()
                .filter(each -> one.bridge() == null || each.bridge().equals(one.bridge()))
                .filter(each -> !one.six() || each.ipv6() != null)
                .toList();
    return switch (one.way()) {
      case OUT, BACK, IN ->
          now == null && !one.six() && one.way() == Obstacle.Way.OUT
              || there.stream().anyMatch(OtherRulers::passes);
      case BETWEEN -> now == null && !one.six() || !there.isEmpty();
      case NAMES -> there.stream().anyMatch(each -> each.naming().served());
    };
  }

  private static boolean passes(Switch network) {
    Uplink.Mode uplink = network.traffic().uplink().mode();
    return uplink == Uplink.Mode.NAT || uplink == Uplink.Mode.ROUTED;
  }

  private List<Finding> ports() {
    List<Finding> findings = new ArrayList<>();
    if (now != null) {
      now.ports()
          .forEach(port -> {
            for (PortForward forward : port.forwards()) {
              if (around.ports().contains(new TakenPort(forward.protocol(), forward.host()))) {
                findings.add(
                    Finding.warning(
                        "port " + forward.host(),
                        "leads to instance " + port.instance() + ", and a program here has it, too",
                        "From outside that program is not reached: give one of them another"
                            + " port."));
              }
            }
          });
    }
    return findings;
  }

  private List<Finding> uids() {
    if (now == null) {
      return List.of();
    }
    List<TakenUids> taken = around.uids().stream().filter(one -> one.overlaps(now.uids())).toList();
    return taken.isEmpty()
        ? List.of(Finding.ok("user ids", "nobody else's"))
        : List.of(
            Finding.warning(
                "user ids",
                taken.stream().limit(FEW).map(TakenUids::toString).collect(Collectors.joining(", "))
                    + (taken.size() > FEW ? ", and " + (taken.size() - FEW) + " more" : ""),
                "Who has the user id of a machine may read its disks, and end it: write a free"
                    + " range in the Host's 'uids' before there are machines."));
  }
}
