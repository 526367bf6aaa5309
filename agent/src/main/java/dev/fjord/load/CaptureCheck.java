package dev.fjord.load;

import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.load.document.Spec;
import dev.fjord.model.Capture;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether what is to be kept of an instance's traffic can be, and may be. */
final class CaptureCheck {
  private CaptureCheck() {}

  /**
   * False after a problem was reported. The faults of a switch itself were reported with the
   * switch.
   */
  static boolean fits(Claim claim, Catalogue catalogue, ProblemCollector problems) {
    Said<Capture> said = claim.spec().capture();
    if (said == null) {
      return true;
    }
    Problem fault = fault(claim, said, catalogue);
    if (fault != null) {
      problems.add(claim.scope(), fault.at(said.at()));
    }
    return fault == null;
  }

  private static @Nullable Problem fault(Claim claim, Said<Capture> said, Catalogue catalogue) {
    if (!claim.owner().isSite() && catalogue.site != null && !catalogue.site.partnersCapture()) {
      return Problem.of(
              "capture-not-allowed",
              claim.title() + " asks for a capture, and the site lets no partner have one")
          .hint("the administrator allows it by 'capture: {partners: true}' of the Site");
    }
    List<ResourceName> switches =
        claim.spec().network().stream().map(InstanceSpec.Plug::network).map(Said::value).toList();
    ResourceName asked = said.value().network();
    if (switches.isEmpty() || asked != null && !switches.contains(asked)) {
      return Problem.of(
              "capture-nowhere",
              claim.title()
                  + (asked == null
                      ? " asks for a capture, and has no interface"
                      : " asks for a capture on " + asked + ", and has no interface there"))
          .hint(switches.isEmpty() ? "give it a network:" : "its interfaces are to " + switches);
    }
    Spec.OfSwitch found = catalogue.switches.get(asked == null ? switches.get(0) : asked);
    return found != null && found.network().hasDaemon()
        ? Problem.of(
                "capture-behind-a-daemon",
                claim.title() + " asks for a capture behind a uml_switch, where it has no port")
            .hint("take a switch with 'driver: bridge'")
        : null;
  }
}
