package dev.fjord.host.linux.disk;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.ResourceName;

/**
 * Makes the file system on a volume as large as the volume. What is on it was written by a guest:
 * whoever implements this reads none of it as root, and mounts nothing on the host.
 */
@FunctionalInterface
public interface FilesystemGrowth {
  /**
   * Grows it; one that is as large already stays. Can be ended at any instant and called again. No
   * kernel of the instance runs.
   *
   * @throws dev.fjord.problem.ProblemException when it was not done; the file system is as before
   */
  void grow(InstanceRecord record, ResourceName volume);
}
