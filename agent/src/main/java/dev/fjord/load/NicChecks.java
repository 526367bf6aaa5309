package dev.fjord.load;

import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.load.document.Spec;
import dev.fjord.model.PortForward;
import dev.fjord.model.PortRange;
import dev.fjord.model.Protocol;
import dev.fjord.model.ReservedNames;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.Uplink;
import dev.fjord.problem.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether instances may have the names, the ports of the host, and the rates that they ask for. */
final class NicChecks {
  private final Catalogue catalogue;
  private final ProblemCollector problems;

  private NicChecks(Catalogue catalogue, ProblemCollector problems) {
    this.catalogue = catalogue;
    this.problems = problems;
  }

  static void run(Catalogue catalogue, List<Resolved> resolved, ProblemCollector problems) {
    NicChecks checks = new NicChecks(catalogue, problems);
    resolved.forEach(one -> checks.check(one.claim()));
  }

  private record Taken(Protocol protocol, int port) {}

  private void check(Claim claim) {
    name(claim);
    Set<Taken> taken = new HashSet<>();
    for (InstanceSpec.Plug plug : claim.spec().network()) {
      Spec.OfSwitch spec = catalogue.switches.get(plug.network().value());
      Switch network = spec == null ? null : spec.network();
      for (Said<PortForward> port : plug.ports()) {
        quota(claim, port);
        leads(claim, network, port);
        if (!taken.add(new Taken(port.value().protocol(), port.value().host()))) {
          report(
              claim,
              port,
              "duplicate-port",
              "asks for " + words(port.value()) + " of the host twice",
              "each leads to one place: take one of them out");
        }
      }
      if (network != null && network.driver() == SwitchDriver.UML_SWITCH && plug.rate() != null) {
        problems.add(
            claim.scope(),
            Problem.of(
                    "bad-rate",
                    claim.title()
                        + " asks for a rate on switch "
                        + network.name()
                        + ", whose driver is uml_switch")
                .detail("a rate is held on the tap of one instance, and there is one for all")
                .hint("leave 'rate' out, or give the Switch 'driver: bridge'")
                .at(plug.network().at()));
      }
    }
  }

  /** Where one switch serves names, guests on all switches get the names of all machines. */
  private void name(Claim claim) {
    String reason = ReservedNames.reason(claim.name().value());
    if (reason == null) {
      return;
    }
    catalogue.switches.values().stream()
        .map(Spec.OfSwitch::network)
        .filter(network -> network.naming().served())
        .findFirst()
        .ifPresent(network ->
            problems.add(
                claim.scope(),
                Problem.of(
                        "reserved-name",
                        "%s has a name that no machine can have where names are served, as on"
                                .formatted(claim.title())
                            + " switch "
                            + network.name())
                    .detail(reason)
                    .hint("take another name")
                    .at(claim.document().where())));
  }

  private void quota(Claim claim, Said<PortForward> port) {
    ResourceName partner = claim.owner().partner();
    Spec.OfPartner spec = partner == null ? null : catalogue.partners.get(partner);
    if (spec == null) {
      return;
    }
    PortRange granted = spec.partner().quota().ports();
    if (granted == null) {
      report(
          claim,
          port,
          "port-refused",
          "asks for " + words(port.value()) + " of the host, and partner " + partner + " has none",
          "take it out, or have 'quota.ports' set in the Partner (" + spec.quotaAt() + ")");
    } else if (!granted.contains(port.value().host())) {
      report(
          claim,
          port,
          "port-refused",
          "asks for %s of the host, and partner %s has %s"
              .formatted(words(port.value()), partner, granted),
          "take one of those, or have 'quota.ports' changed (" + spec.quotaAt() + ")");
    }
  }

  /** Whether the owner may have the port: a partner those of its quota, the site any. */
  static boolean isGranted(Catalogue catalogue, Claim claim, PortForward port) {
    ResourceName partner = claim.owner().partner();
    Spec.OfPartner spec = partner == null ? null : catalogue.partners.get(partner);
    PortRange granted = spec == null ? null : spec.partner().quota().ports();
    return partner == null || granted != null && granted.contains(port.host());
  }

  /** A port that cannot be reached from outside would be a promise that is not kept. */
  private void leads(Claim claim, @Nullable Switch network, Said<PortForward> port) {
    Uplink.Mode mode = network == null ? Uplink.Mode.NAT : network.traffic().uplink().mode();
    if (network == null || mode == Uplink.Mode.ROUTED || mode == Uplink.Mode.NAT) {
      return;
    }
    boolean none = mode == Uplink.Mode.NONE;
    report(
        claim,
        port,
        "port-leads-nowhere",
        "asks for %s of the host, and on switch %s %s"
            .formatted(
                words(port.value()),
                network.name(),
                none
                    ? "nothing comes in: its uplink is none"
                    : "packets go past the host: its uplink is "
                        + mode.name().toLowerCase(Locale.ROOT)),
        none
            ? "take it out (the host itself reaches the guest's own address), or give the Switch"
                + " 'uplink: nat' or 'routed'"
            : "take it out: other machines reach the guest's own address");
  }

  private void report(Claim claim, Said<PortForward> port, String code, String text, String hint) {
    problems.add(
        claim.scope(), Problem.of(code, claim.title() + " " + text).hint(hint).at(port.at()));
  }

  /** {@code port 2201/tcp}. */
  static String words(PortForward port) {
    return "port " + port.host() + "/" + port.protocol().name().toLowerCase(Locale.ROOT);
  }
}
