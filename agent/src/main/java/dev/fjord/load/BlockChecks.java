package dev.fjord.load;

import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.load.document.Spec;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.Uplink;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether blocks of addresses can be behind the instances that ask for them: a partner has what its
 * quota names, and no address is in two places.
 */
final class BlockChecks {
  /** No router: routers are looked for by their names. */
  private static final ResourceName NOBODY = new ResourceName("nobody");

  private final Catalogue catalogue;
  private final ProblemCollector problems;
  private final List<Asked> asked = new ArrayList<>();

  /** A block behind an instance, or one that a partner may have. */
  private record Asked(IpPrefix prefix, Owner owner, String title) {}

  private BlockChecks(Catalogue catalogue, ProblemCollector problems) {
    this.catalogue = catalogue;
    this.problems = problems;
  }

  static void run(Catalogue catalogue, List<Resolved> resolved, ProblemCollector problems) {
    BlockChecks checks = new BlockChecks(catalogue, problems);
    List<Asked> granted = checks.granted();
    resolved.forEach(one -> checks.check(one.claim(), granted));
  }

  /** A conflict between the administrator's own documents concerns every owner. */
  private List<Asked> granted() {
    List<Asked> granted = new ArrayList<>();
    for (Spec.OfPartner spec : catalogue.partners.values()) {
      ResourceName name = spec.partner().name();
      for (IpPrefix prefix : spec.partner().quota().prefixes()) {
        String other = onSwitch(prefix, Owner.partner(name));
        for (Asked one : granted) {
          if (one.prefix.overlaps(prefix) && !one.owner.equals(Owner.partner(name))) {
            other = one.prefix + " of " + one.title;
          }
        }
        if (other != null) {
          problems.add(
              Scope.EVERYTHING,
              Problem.of(
                      "overlapping-blocks",
                      "Partner %s may have %s, which overlaps with %s"
                          .formatted(name, prefix, other))
                  .hint("an address is in one place: grant blocks that lie apart")
                  .at(spec.quotaAt()));
        }
        granted.add(new Asked(prefix, Owner.partner(name), "Partner " + name));
      }
    }
    return granted;
  }

  private void check(Claim claim, List<Asked> granted) {
    for (InstanceSpec.Plug plug : claim.spec().network()) {
      Spec.OfSwitch spec = catalogue.switches.get(plug.network().value());
      for (Said<IpPrefix> said : plug.prefixes()) {
        quota(claim, said);
        if (spec != null) {
          leads(claim, spec.network(), said);
        }
        apart(claim, said, granted);
        asked.add(new Asked(said.value(), claim.owner(), claim.title()));
      }
    }
  }

  private void quota(Claim claim, Said<IpPrefix> said) {
    ResourceName partner = claim.owner().partner();
    Spec.OfPartner spec = partner == null ? null : catalogue.partners.get(partner);
    if (spec == null) {
      return;
    }
    List<IpPrefix> granted = spec.partner().quota().prefixes();
    if (granted.stream().noneMatch(one -> one.contains(said.value()))) {
      report(
          claim,
          said,
          "block-refused",
          "asks for %s, and partner %s has %s"
              .formatted(said.value(), partner, granted.isEmpty() ? "no blocks" : granted + ""),
          "take it out, or have 'quota.prefixes' changed in the Partner (" + spec.quotaAt() + ")");
    }
  }

  private void leads(Claim claim, Switch network, Said<IpPrefix> said) {
    if (said.value().isIpv6() && network.ipv6() == null) {
      report(
          claim,
          said,
          "bad-block",
          "asks for %s on switch %s, which has no IPv6".formatted(said.value(), network.name()),
          "leave it out, or give the Switch a 'subnet6'");
    }
  }

  /** A partner's blocks were checked with its quota. */
  private void apart(Claim claim, Said<IpPrefix> said, List<Asked> granted) {
    String other = onSwitch(said.value(), claim.name(), claim.owner());
    for (Asked one : granted) {
      if (claim.owner().isSite() && one.prefix.overlaps(said.value())) {
        other = one.prefix + ", which " + one.title + " may have";
      }
    }
    for (Asked one : asked) {
      if (one.owner.equals(claim.owner()) && one.prefix.overlaps(said.value())) {
        other = one.prefix + " behind " + one.title;
      }
    }
    if (other != null) {
      report(
          claim,
          said,
          "overlapping-blocks",
          "asks for " + said.value() + ", which overlaps with " + other,
          "an address is in one place: take blocks that lie apart");
    }
  }

  /**
   * The subnet of a switch that a block overlaps with; null for none. What is behind an instance
   * may well be the switch that it is the router of.
   */
  private @Nullable String onSwitch(IpPrefix prefix, ResourceName instance, Owner owner) {
    for (Spec.OfSwitch spec : catalogue.switches.values()) {
      Switch network = spec.network();
      if (network.isRouter(instance, owner)) {
        continue;
      }
      if (IpPrefix.of(network.subnet()).overlaps(prefix)) {
        return network.subnet() + " of Switch " + network.name();
      }
      if (network.ipv6() != null && IpPrefix.of(network.ipv6()).overlaps(prefix)) {
        return network.ipv6() + " of Switch " + network.name();
      }
    }
    return null;
  }

  /** The same, for any instance of an owner. */
  private @Nullable String onSwitch(IpPrefix prefix, Owner owner) {
    String other = onSwitch(prefix, NOBODY, owner);
    for (Spec.OfSwitch spec : catalogue.switches.values()) {
      Uplink.Router router = spec.network().traffic().uplink().router();
      if (router != null
          && router.owner().equals(owner)
          && onSwitch(prefix, router.instance(), owner) == null) {
        other = null;
      }
    }
    return other;
  }

  private void report(Claim claim, Said<IpPrefix> said, String code, String text, String hint) {
    problems.add(
        claim.scope(), Problem.of(code, claim.title() + " " + text).hint(hint).at(said.at()));
  }
}
