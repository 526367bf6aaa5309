package dev.fjord.watch;

import dev.fjord.model.ResourceName;
import java.util.List;
import java.util.Map;

/** A machine whose instances are watched. All of it is called from one thread. */
public interface WatchedHost {

  /** The instances that should run, according to the host's own files now. */
  List<Watched> watched();

  /**
   * Asks each instance that has a kernel, layer by layer, all side by side; a slow one delays no
   * other. It takes a few seconds at most.
   */
  Map<ResourceName, ProbeResult> ask(List<Watched> instances);

  /**
   * Nudges an instance, if its kernel is still the same; the next check shows whether it helped.
   */
  void nudge(Watched instance, Nudge nudge);

  /**
   * Publishes a report, for the planner and for a later agent.
   *
   * @throws dev.fjord.problem.ProblemException when it could not be written
   */
  void note(HealthReport report);
}
