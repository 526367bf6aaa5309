package dev.fjord.host.linux.disk;

import dev.fjord.model.RebaseReport;
import java.nio.file.Path;

/** Carries what was changed on one root over to another, without mounting either on the host. */
@FunctionalInterface
public interface RootMerge {

  /**
   * Does it.
   *
   * @param oldRoot a COW over {@code oldImage}; a copy, which may be written
   * @param newRoot a COW over {@code newImage}, to be written
   * @throws dev.fjord.problem.ProblemException when it could not be done
   */
  RebaseReport merge(Path oldImage, Path oldRoot, Path newImage, Path newRoot);
}
