package dev.fjord.host.linux.uml;

import dev.fjord.plan.Step.Launch;
import org.jspecify.annotations.Nullable;

/** Connects a machine to its switches. Safe for use by many threads, one for each machine. */
public interface Connector {
  /** For machines without ports. */
  Connector NONE = (launch, where) -> {};

  /**
   * Makes the ports of a machine that is about to start, or mends those of one that runs.
   *
   * @param where the network namespace that its kernel is in, or will be; null for the host's
   * @throws dev.fjord.problem.ProblemException when that failed; the machine is not started then
   */
  void connect(Launch launch, @Nullable Place where);

  /**
   * A process in whose network namespace a machine's kernel has to be, since they speak by abstract
   * sockets; null for a machine that needs none.
   */
  default @Nullable Long beside(Launch launch) {
    return null;
  }

  /**
   * A network namespace.
   *
   * @param pid of a process in it
   * @param empty whether nothing was made in it yet for the machine
   */
  record Place(long pid, boolean empty) {}
}
