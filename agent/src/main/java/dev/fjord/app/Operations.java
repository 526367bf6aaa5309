package dev.fjord.app;

import dev.fjord.apply.ApplyListener;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.RebaseReport;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.VerifiedVersion;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Presence;
import dev.fjord.schedule.ControlSocket.Planned;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the program does for its caller: a command line, a dashboard, a test. Errors are {@link
 * dev.fjord.problem.ProblemException}s that say what next.
 */
public interface Operations {

  /**
   * Reads the agent's settings.
   *
   * @throws dev.fjord.problem.ProblemsException with all that is wrong with them
   */
  AgentSettings settings(Path file);

  /** What a run would do now; changes nothing. */
  RunResult preview(AgentSettings settings, Selection selection);

  /**
   * The same of the agent's own repository, by the agent that runs: it has everything at hand.
   *
   * @return null when none runs, it is in the middle of a run, or it is not this program with these
   *     settings
   */
  @Nullable Planned planOfAgent(AgentSettings settings, PlanForm form);

  /**
   * One whole run, under the run lock; its end is kept for {@code status}.
   *
   * @throws dev.fjord.problem.ProblemException {@code locked} while another run is going on
   */
  RunResult apply(AgentSettings settings, Selection selection, ApplyListener listener);

  /** Runs until the process is told to end. */
  void agent(AgentSettings settings);

  /** Which process keeps the host as it should be at this moment. */
  Presence presence(AgentSettings settings);

  /** Makes the agent that runs look at once. */
  void poke(AgentSettings settings);

  /**
   * Restarts machines once, by the agent that runs or by a run of its own; waits for the end.
   *
   * @param progress gets lines on how it goes on
   * @param result gets what came of each
   * @return the exit code
   * @throws dev.fjord.problem.ProblemException {@code locked} while a single run is going on
   */
  int restart(
      AgentSettings settings,
      List<ResourceName> instances,
      Consumer<String> progress,
      Consumer<String> result);

  /**
   * Lends the terminal to an instance's console; returns the exit code of the program that showed
   * it.
   */
  int console(AgentSettings settings, ResourceName instance);

  /** Follows the history of a commit from now on; returns its full id. */
  String accept(AgentSettings settings, String revision);

  /**
   * Reads stored images and kernels to their ends, and notes what was found; replaces nothing.
   *
   * @param name which; all when empty
   * @param passing gets what is being read
   * @throws dev.fjord.problem.ProblemException when none has that name
   */
  List<VerifiedVersion> verify(AgentSettings settings, String name, Consumer<String> passing);

  /**
   * Orders the next run to store a version again from its source, and makes the agent begin a run.
   *
   * @return what happens next, a sentence
   * @throws dev.fjord.problem.ProblemException when none, or more than one, has that name
   */
  String repair(AgentSettings settings, String name);

  /**
   * Carries an instance's root over to another version of its image, and throws that away.
   *
   * @param to as {@code tiny@0123456789ab}; empty for the one that it would be moved to
   * @throws dev.fjord.problem.ProblemException when that is not clear, or it could not be done
   */
  Rehearsed rehearse(AgentSettings settings, ResourceName instance, String to);

  /** What a rehearsal has found. */
  record Rehearsed(ImageVersion version, RebaseReport report) {}

  /**
   * Finds out what the disks of all instances were promised and what they take; changes nothing.
   *
   * @throws dev.fjord.problem.ProblemException when the instances or their file system could not be
   *     looked at
   */
  DiskUsage disk(AgentSettings settings);

  /**
   * Checks whether this host can run instances.
   *
   * @param line gets what was looked at, one line at a time
   * @return what hinders
   */
  List<Problem> doctor(Path settings, Consumer<String> line);
}
