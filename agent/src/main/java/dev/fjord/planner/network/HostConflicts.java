package dev.fjord.planner.network;

import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.Obstacle;
import dev.fjord.model.Owner;
import dev.fjord.model.Switch;
import dev.fjord.model.TakenUids;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.problem.Problem;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds what others have set up on the host that contradicts what the repository asks of it. A
 * switch whose packets the host's own firewall drops is not what its document says, and no run
 * reports that as converged.
 */
public record HostConflicts(Desired desired, Observed observed, Draft draft) {
  private static final int FEW = 3;

  /** What is found, as problems and refusals. */
  public static Decisions find(Inputs inputs) {
    Draft draft = new Draft();
    new HostConflicts(inputs.desired(), inputs.observed(), draft).tell(inputs.uids());
    return draft.decisions();
  }

  private void tell(UidRange uids) {
    new TreeMap<>(desired.switches()).values().forEach(this::tell);
    tellOf(uids);
  }

  private void tell(Switch network) {
    for (Obstacle one : observed.surroundings().on(network.bridge())) {
      if (concerns(network, one)) {
        String what =
            "switch %s: %s %s taken by %s of this host"
                .formatted(
                    network.name(),
                    one.way().words() + (one.six() ? " by IPv6" : ""),
                    one.certain() ? "is" : "may be",
                    one.place());
        String hint =
            "Let it through: %s. docs/with-other-firewalls.md has more."
                .formatted(one.remedy(network.bridge()));
        if (one.certain()) {
          draft.refuse("host-firewall", Owner.SITE, what, hint);
        } else {
          draft.report(Problem.of("host-firewall", what).hint(hint));
        }
      }
    }
  }

  private boolean concerns(Switch network, Obstacle one) {
    if (one.six() && network.ipv6() == null) {
      return false;
    }
    Uplink.Mode uplink = network.traffic().uplink().mode();
    boolean passes = uplink == Uplink.Mode.NAT || uplink == Uplink.Mode.ROUTED;
    return switch (one.way()) {
      case OUT, BACK ->
          passes && (network.traffic().reach() == null || !network.traffic().reach().isEmpty());
      case IN -> passes && hasForwards(network);
      case BETWEEN -> true;
      case NAMES -> network.naming().served();
    };
  }

  private boolean hasForwards(Switch network) {
    return desired.instances().stream()
        .flatMap(instance -> instance.network().stream())
        .anyMatch(nic -> nic.network().equals(network.name()) && !nic.ports().isEmpty());
  }

  /**
   * It works, but an account that has one of these user ids may read the disk of a machine and
   * signal it.
   */
  private void tellOf(UidRange uids) {
    List<TakenUids> taken =
        observed.surroundings().uids().stream().filter(one -> one.overlaps(uids)).toList();
    if (!taken.isEmpty()) {
      draft.report(
          Problem.of(
                  "uids-taken",
                  "user ids %d-%d of this Host are not fjord's alone: %s%s"
                      .formatted(
                          uids.first(),
                          uids.last(),
                          taken.stream()
                              .limit(FEW)
                              .map(TakenUids::toString)
                              .collect(Collectors.joining(", ")),
                          taken.size() > FEW ? ", and " + (taken.size() - FEW) + " more" : ""))
              .detail("who has the user id of a machine may read its disks, and end it")
              .hint(
                  "Write a free range in the Host's 'uids' before there are machines, or take it"
                      + " from the account (subuid(5))."));
    }
  }
}
