package dev.fjord.model;

import dev.fjord.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * An instance that has a folder on the host.
 *
 * @param record null when it could not be read: then {@code fault} says why, and the instance is
 *     not touched
 * @param kernel null when none runs
 * @param downBy how its kernel ended, for an instance that is down because of that; null for others
 * @param lastDeath how its kernel last ended without being asked to; null if it never did
 * @param fault what could not be read or is not as it should be; null for none
 */
public record ObservedInstance(
    ResourceName name,
    @Nullable InstanceRecord record,
    ObservedDisks disks,
    @Nullable RunningKernel kernel,
    Starts starts,
    @Nullable Death downBy,
    @Nullable Death lastDeath,
    @Nullable Problem fault) {

  /** Whether its kernel runs and its guest is still waited for. */
  public boolean isStarting() {
    return kernel != null && kernel.starting();
  }
}
