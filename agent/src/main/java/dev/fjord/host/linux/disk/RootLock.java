package dev.fjord.host.linux.disk;

import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The lock that a running kernel holds on its root: fcntl(2), a write lock on the whole file
 * (arch/um/os-Linux/file.c, {@code os_lock_file}); a {@link FileLock} is one of the same kind.
 */
final class RootLock {
  private RootLock() {}

  /**
   * Returns when no process holds the lock or there is no such file. This is a second check: the
   * caller has already looked for a kernel.
   */
  static void refuseWhileInUse(ResourceName name, Path root) {
    if (Folders.isFile(root) && isInUse(root)) {
      throw inUse(name, root).asException();
    }
  }

  /** Whether a process holds the lock of an existing root. */
  static boolean isInUse(Path root) {
    try (FileChannel channel =
            FileChannel.open(root, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException heldByThisProcess) {
      return true;
    } catch (IOException e) {
      throw DiskProblem.of("locking " + root, e);
    }
  }

  private static Problem inUse(ResourceName name, Path root) {
    return Problem.of("root-in-use", "the root of instance " + name + " is in use")
        .detail("another process holds a lock on " + root)
        .hint("Its disks were not touched. Stop the instance first; fuser(1) names the process.");
  }
}
