package dev.fjord.host.linux.disk;

import dev.fjord.model.InstanceRecord;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Makes the file system on a volume or a root as large as the disk. A guest wrote what is on it: an
 * implementation reads none of it as root, and mounts nothing on the host.
 */
@FunctionalInterface
public interface FilesystemGrowth {
  /**
   * Grows it; one that is as large already stays. It can be cut off at any instant and called
   * again. No kernel of the instance runs.
   *
   * @param disk the instance's disk, which may lie beside its place while it is being made
   * @param backing the pristine image below a root; null for a raw disk
   * @throws dev.fjord.problem.ProblemException when it was not done; the file system is as before
   */
  void grow(InstanceRecord record, Path disk, @Nullable Path backing);
}
