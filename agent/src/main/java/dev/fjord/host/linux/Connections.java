package dev.fjord.host.linux;

import dev.fjord.host.linux.daemon.Daemons;
import dev.fjord.host.linux.network.Links;
import dev.fjord.host.linux.uml.Connector;
import dev.fjord.model.Daemon;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Launch;
import dev.fjord.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of machines to bridges and to the daemons of switches, and the captures of what
 * passes there.
 */
record Connections(Links links, Daemons daemons) implements Connector {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  @Override
  public void connect(Launch launch, Connector.@Nullable Place where) {
    links.connect(new Step.ConnectPorts(launch.name(), launch.uid(), launch.ports()), where);
    if (where != null && where.empty()) {
      capture(launch);
    }
  }

  /**
   * Captures from the first packet on. A machine is worth more than its capture: when that fails, a
   * run reports it and the machine starts all the same.
   */
  private void capture(Launch launch) {
    Daemon daemon = launch.capture();
    if (daemon != null) {
      try {
        daemons.runAnew(new Step.RunDaemon(daemon));
      } catch (ProblemException e) {
        LOG.warn("{}", e.getMessage());
      }
    }
  }

  /** All daemons are in one namespace. */
  @Override
  public @Nullable Long beside(Launch launch) {
    return launch.ports().stream()
        .filter(Step.Port::daemon)
        .map(port -> (Long) daemons.beside(port.lease().network()))
        .findFirst()
        .orElse(null);
  }
}
