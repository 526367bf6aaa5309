package dev.fjord.watch;

import dev.fjord.model.ResourceName;
import java.util.List;
import java.util.Map;

/** A machine whose instances are watched. All of it is called from one thread. */
public interface WatchedHost {

  /** The instances that should run, as the host's own files have it now. */
  List<Watched> watched();

  /**
   * Asks each of those that have a kernel, layer by layer, all side by side; one that is slow
   * delays nobody. It takes a few seconds at most.
   */
  Map<ResourceName, Signs> ask(List<Watched> instances);

  /** Nudges one, if its kernel is still that one; whether it helps is seen at the next check. */
  void nudge(Watched instance, Nudge nudge);

  /**
   * Leaves what was found to whoever plans.
   *
   * @throws dev.fjord.problem.ProblemException when that could not be written
   */
  void note(Noted noted);
}
