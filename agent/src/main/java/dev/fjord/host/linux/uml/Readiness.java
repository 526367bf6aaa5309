package dev.fjord.host.linux.uml;

import dev.fjord.model.Ipv4Address;
import dev.fjord.plan.Step.Port;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a guest answers: every address that it holds, and that the host can ask, to a ping; else
 * its kernel.
 */
final class Readiness {
  private static final Duration MCONSOLE = Duration.ofMillis(500);

  private final Mconsole mconsole;
  private final List<Ipv4Address> silent;
  private final boolean networked;

  Readiness(Mconsole mconsole, List<Port> ports) {
    this.mconsole = mconsole;
    this.silent =
        new ArrayList<>(
            ports.stream().filter(Port::pinged).map(port -> port.lease().address()).toList());
    this.networked = !silent.isEmpty();
  }

  /** Asks those that have not answered yet, for a fraction of a second. */
  boolean reached() {
    if (networked) {
      silent.removeIf(Ping::answers);
      return silent.isEmpty();
    }
    return mconsole.ask("version", MCONSOLE) instanceof MconsoleReply.Answer;
  }

  /** What has not answered. */
  @Override
  public String toString() {
    return networked ? "no answer to pings of " + silent : "no answer on its mconsole";
  }
}
