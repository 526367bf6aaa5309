package dev.fjord.host.linux.uml;

import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv6Address;
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
  private final List<IpAddress> silent;
  private final boolean networked;

  Readiness(Mconsole mconsole, List<Port> ports) {
    this.mconsole = mconsole;
    this.silent = new ArrayList<>();
    for (Port port : ports) {
      Ipv6Address second = port.lease().address6();
      if (port.pinged()) {
        silent.add(port.lease().address());
      }
      if (port.pinged6() && second != null) {
        silent.add(second);
      }
    }
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
