package dev.fjord.app;

import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all others from changing the same host. The kernel lets go of it when the process ends,
 * however it ends (fcntl(2)), so it never has to be cleared.
 */
public final class RunLock implements AutoCloseable {
  /** The code of the problem when another process holds it. */
  public static final String LOCKED = "locked";

  private static final Path LOCKS = Path.of("/proc/locks");

  private final Layout layout;
  private final FileChannel channel;

  private RunLock(Layout layout, FileChannel channel) {
    this.layout = layout;
    this.channel = channel;
  }

  /**
   * Takes the lock at once or not at all.
   *
   * @throws dev.fjord.problem.ProblemException with the code {@link #LOCKED} when another has it
   */
  public static RunLock acquire(Layout layout) {
    FileChannel channel = null;
    try {
      Files.createDirectories(layout.run());
      Files.setPosixFilePermissions(layout.run(), PosixFilePermissions.fromString("rwx--x--x"));
      channel =
          FileChannel.open(
              layout.lock(),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      // A user who can read it can hold it with a lock of their own (fcntl(2)), and no run would
      // begin.
      Files.setPosixFilePermissions(layout.lock(), PosixFilePermissions.fromString("rw-------"));
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw locked(layout, channel).asException();
      }
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      shutToOthers(layout);
      FileChannel held = channel;
      channel = null;
      return new RunLock(layout, held);
    } catch (IOException e) {
      throw Problem.of("lock-failed", "taking the lock " + layout.lock() + " failed")
          .detail(e.toString())
          .hint("Is this root, and is the file system of " + layout.run() + " writable?")
          .asException(e);
    } finally {
      closeQuietly(channel);
    }
  }

  /**
   * The process that holds the lock; null when none does. The lock is not taken to find out, since
   * an agent that starts at that moment would be refused. The kernel lists the holders of locks,
   * proc_locks(5), for processes of the reader's own pid namespace.
   *
   * @throws dev.fjord.problem.ProblemException when it cannot be looked up
   */
  public static @Nullable Long holder(Layout layout) {
    try {
      if (Files.notExists(layout.lock())) {
        return null;
      }
      String inode = ":" + Files.getAttribute(layout.lock(), "unix:ino") + " ";
      try (Stream<String> locks = Files.lines(LOCKS)) {
        return locks
            .filter(line -> line.contains(" POSIX ") && line.contains(inode))
            .filter(line -> !line.contains("->"))
            .map(line -> Long.valueOf(line.strip().split("\\s+", -1)[4]))
            .filter(pid -> pid > 0)
            .findFirst()
            .orElse(null);
      }
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw Problem.of("lock-unreadable", "looking up who holds " + layout.lock() + " failed")
          .detail(e.toString())
          .hint("The lock is root's; try 'sudo'.")
          .asException(e);
    }
  }

  /**
   * Makes keys, addresses and the journal readable by root alone, in the repository's mirror as
   * well, and also where an older agent left them open.
   */
  private static void shutToOthers(Layout layout) throws IOException {
    for (Path folder : new Path[] {layout.journal(), layout.recordCopies(), layout.repository()}) {
      if (Files.isDirectory(folder)) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  private static Problem locked(Layout layout, FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(20);
    channel.read(pid, 0);
    String holder = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
    return Problem.of(
            LOCKED,
            "another run holds the lock "
                + layout.lock()
                + (holder.isEmpty() ? "" : " (process " + holder + ")"))
        .hint(
            "An agent that runs is told to look at once by 'fjord poke'. The lock goes with its"
                + " process: there is nothing to clear.");
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException harmless) {
      // Nothing was written through it.
    }
  }

  @Override
  public void close() {
    try {
      shutToOthers(layout); // What the first run of a host has made.
    } catch (IOException nextTime) {
      // The next one does it before anything else.
    } finally {
      closeQuietly(channel);
    }
  }
}
